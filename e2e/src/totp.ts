import { createHmac } from 'node:crypto'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What an authenticator app shows now (RFC 6238, SHA-1, six digits, 30 s), worked out apart from the code that checks it. */
export function totpOf(base32: string, now = Date.now()): string {
  let bits = 0n
  for (const letter of base32) bits = (bits << 5n) | BigInt(alphabet.indexOf(letter))
  const bytes = Math.floor((base32.length * 5) / 8)
  const key = Buffer.from((bits >> BigInt(base32.length * 5 - bytes * 8)).toString(16).padStart(bytes * 2, '0'), 'hex')
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const mac = createHmac('sha1', key).update(step).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
