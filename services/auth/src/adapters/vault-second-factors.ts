import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import type { SecretBox } from '@pf/vault'
import type { SecondFactorStore } from '../application/second-factor.ts'

/** As packages/vault wraps it anew under another master key. */
const place = (userId: string) => `totp/${userId}`

/** Secrets of apps, sealed, and recovery codes, hashed, in the vault. */
export function vaultSecondFactors(orm: MikroORM, secrets: SecretBox): SecondFactorStore {
  const putCodes = async (em: EntityManager, userId: string, hashes: readonly string[]) => {
    await em.execute('delete from vault.recovery_codes where user_id = ?', [userId])
    for (const hash of hashes)
      await em.execute('insert into vault.recovery_codes (user_id, hash) values (?, ?)', [userId, hash])
  }
  return {
    async start(userId, secret, now) {
      // Guesses go on counting: beginning anew forgives none.
      const started = await orm.em.fork().execute<object[]>(
        `insert into vault.totp (user_id, sealed_secret, started_at) values (?, decode(?, 'hex'), ?)
          on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, started_at = excluded.started_at
          where vault.totp.confirmed_at is null returning 1`,
        [userId, Buffer.from(secrets.seal(place(userId), secret)).toString('hex'), now],
      )
      return started.length > 0
    },

    async find(userId) {
      const [row] = await orm.em.fork().execute<{ sealed: string; confirmed: boolean; codes: number }[]>(
        `select encode(sealed_secret, 'hex') as sealed, confirmed_at is not null as confirmed,
          (select count(*)::integer from vault.recovery_codes c where c.user_id = t.user_id) as codes
          from vault.totp t where user_id = ?`,
        [userId],
      )
      if (row === undefined) return undefined
      const secret = secrets.open(place(userId), new Uint8Array(Buffer.from(row.sealed, 'hex')))
      return { secret, confirmed: row.confirmed, recoveryCodesLeft: row.codes }
    },

    async confirm(userId, step, recoveryHashes, now) {
      return await orm.em.fork().transactional(async (em) => {
        const confirmed = await em.execute<object[]>(
          `update vault.totp set confirmed_at = ?, last_step = ?, failed = 0, failed_since = null
            where user_id = ? and confirmed_at is null returning 1`,
          [now, step, userId],
        )
        if (confirmed.length === 0) return false
        await putCodes(em, userId, recoveryHashes)
        return true
      })
    },

    async acceptStep(userId, step) {
      const accepted = await orm.em.fork().execute<object[]>(
        `update vault.totp set last_step = ?, failed = 0, failed_since = null
          where user_id = ? and confirmed_at is not null and last_step < ? returning 1`,
        [step, userId, step],
      )
      return accepted.length > 0
    },

    async guess(userId, now, { limit, windowMs }) {
      return await orm.em.fork().transactional(async (em) => {
        const [row] = await em.execute<{ failed: number; since: Date | string | null }[]>(
          'select failed, failed_since as since from vault.totp where user_id = ? for update',
          [userId],
        )
        if (row === undefined) return null
        const until = row.since === null ? now : new Date(new Date(row.since).getTime() + windowMs)
        const anew = until <= now
        if (!anew && row.failed >= limit) return until
        const counted = anew ? 'failed = 1, failed_since = ?' : 'failed = failed + 1'
        await em.execute(`update vault.totp set ${counted} where user_id = ?`, anew ? [now, userId] : [userId])
        return null
      })
    },

    async replaceCodes(userId, recoveryHashes) {
      await orm.em.fork().transactional((em) => putCodes(em, userId, recoveryHashes))
    },

    async useCode(userId, hash) {
      return await orm.em.fork().transactional(async (em) => {
        const used = await em.execute<object[]>(
          'delete from vault.recovery_codes where user_id = ? and hash = ? returning 1',
          [userId, hash],
        )
        if (used.length === 0) return undefined
        const [left] = await em.execute<{ n: number }[]>(
          'select count(*)::integer as n from vault.recovery_codes where user_id = ?',
          [userId],
        )
        return left?.n ?? 0
      })
    },

    async deleteOf(userId) {
      const em = orm.em.fork()
      const deleted = await em.execute<object[]>('delete from vault.totp where user_id = ? returning 1', [userId])
      const codes = await em.execute<object[]>('delete from vault.recovery_codes where user_id = ? returning 1', [
        userId,
      ])
      if (deleted.length > 0) await em.execute('vacuum (full) vault.totp')
      if (codes.length > 0) await em.execute('vacuum (full) vault.recovery_codes')
      return deleted.length > 0
    },
  }
}
