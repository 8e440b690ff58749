import type { MikroORM } from '@mikro-orm/postgresql'
import type { Challenges } from '../application/second-factor.ts'

/** What was given out to be answered, hashed, in the vault: whichever replica hears the answer knows it. */
export function vaultChallenges(orm: MikroORM): Challenges {
  return {
    async add({ hash, kind, userId, expiresAt }) {
      await orm.em
        .fork()
        .execute('insert into vault.challenges (hash, kind, user_id, expires_at) values (?, ?, ?, ?)', [
          hash,
          kind,
          userId,
          expiresAt,
        ])
    },
    async tried(hash, kind, now, maxTries) {
      const [found] = await orm.em.fork().execute<{ user_id: string | null }[]>(
        `update vault.challenges set tries = tries + 1
          where hash = ? and kind = ? and expires_at > ? and tries < ? returning user_id`,
        [hash, kind, now, maxTries],
      )
      return found && { userId: found.user_id }
    },
    async take(hash, kind, now) {
      const taken = await orm.em
        .fork()
        .execute<object[]>('delete from vault.challenges where hash = ? and kind = ? and expires_at > ? returning 1', [
          hash,
          kind,
          now,
        ])
      return taken.length > 0
    },
    async deleteOf(userId) {
      const em = orm.em.fork()
      const deleted = await em.execute<object[]>('delete from vault.challenges where user_id = ? returning 1', [userId])
      if (deleted.length > 0) await em.execute('vacuum (full) vault.challenges')
    },
    async deleteExpired(now) {
      await orm.em.fork().execute('delete from vault.challenges where expires_at <= ?', [now])
    },
  }
}
