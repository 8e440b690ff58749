import type { MikroORM } from '@mikro-orm/postgresql'
import { systemSpace } from '@pf/contracts'
import type { KeyRing } from '@pf/vault'
import type { Attempts } from '../application/attempts.ts'

/** Attempts in the vault, by fingerprints of their keys: whoever reads the table learns no name and no address. */
export function vaultAttempts(orm: MikroORM, keys: Pick<KeyRing, 'fingerprint'>): Attempts {
  const kept = (key: string) => keys.fingerprint(systemSpace, `attempts|${key}`)
  return {
    async count(key, now, { limit, windowMs }) {
      const until = new Date(now.getTime() + windowMs)
      const [row] = await orm.em.fork().execute<{ count: number; until: Date | string }[]>(
        `insert into vault.attempts as a (key, count, until) values (?, 1, ?)
          on conflict (key) do update set
            count = case when a.until <= ? then 1 else least(a.count, ?) + 1 end,
            until = case when a.until <= ? then excluded.until else a.until end
          returning count, until`,
        [await kept(key), until, now, limit, now],
      )
      return row !== undefined && row.count > limit ? new Date(row.until) : undefined
    },
    async takeBack(key) {
      await orm.em
        .fork()
        .execute('update vault.attempts set count = greatest(count - 1, 0) where key = ?', [await kept(key)])
    },
    async forgive(key) {
      await orm.em.fork().execute('delete from vault.attempts where key = ?', [await kept(key)])
    },
    async deleteOver(now) {
      await orm.em.fork().execute('delete from vault.attempts where until <= ?', [now])
    },
  }
}
