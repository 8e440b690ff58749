import { hash, verify } from '@node-rs/argon2'
import type { Passwords } from '../application/ports.ts'

/** argon2id with OWASP's first recommendation (19 MiB, 2 passes, 1 lane). Raised, each password is hashed anew at its next log-in. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** The same password, whichever way a keyboard composes it (NIST SP 800-63B, section 3.1.1.2). */
const normal = (password: string): string => password.normalize('NFKC')

/** What a hash says of how it was made: `$argon2id$v=19$m=19456,t=2,p=1$…`. */
const made = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/

/** `decoy` is hashed once, so that an unknown name costs the same time as a wrong password. */
export async function argon2Passwords(decoy: string): Promise<Passwords> {
  const unknown = await hash(decoy, cost)
  return {
    hash: (password) => hash(normal(password), cost),
    verify: async (stored, password) => {
      const fits = await verify(stored ?? unknown, normal(password))
      return stored !== undefined && fits
    },
    isOutdated(stored) {
      const [, memory, time, lanes] = (made.exec(stored) ?? []).map(Number)
      if (memory === undefined || time === undefined) return true
      return memory < cost.memoryCost || time < cost.timeCost || lanes !== cost.parallelism
    },
  }
}
