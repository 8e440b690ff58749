import { type EntityManager, type MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import { Credential, Invite } from '@pf/vault/postgres'
import type { Accounts, Credentials } from '../application/ports.ts'

/** Registrations that find no account yet take turns (an advisory lock of PostgreSQL; any constant of ours). */
const firstLockId = 0x70_66_31_73

/** Password hashes in the vault; a name is unique whatever its case. */
export function vaultAccounts(orm: MikroORM): Accounts {
  const byId = async (userId: string): Promise<Credentials | undefined> => {
    const row = await orm.em.fork().findOne(Credential, { userId })
    if (row === null) return undefined
    const { spaceId, username, passwordHash, passwordVersion, roles, issuer, subject } = row
    return {
      userId,
      spaceId,
      username,
      passwordHash: passwordHash ?? null,
      passwordVersion,
      roles: roles.map((role) => (role === 'operator' ? role : 'user')),
      issuer,
      subject: subject ?? userId,
    }
  }
  const firstOf = async (where: string, values: string[]): Promise<Credentials | undefined> => {
    const rows = await orm.em
      .fork()
      .execute<{ user_id: string }[]>(`select user_id from vault.credentials where ${where}`, values)
    return rows[0] === undefined ? undefined : await byId(rows[0].user_id)
  }
  return {
    byId,
    byUsername: (username) => firstOf('lower(username) = lower(?)', [username]),
    bySubject: (issuer, subject) => firstOf('issuer = ? and coalesce(subject, user_id::text) = ?', [issuer, subject]),
    async setPasswordHash(userId, passwordHash) {
      await orm.em
        .fork()
        .execute(
          'update vault.credentials set password_hash = ?, password_version = password_version + 1 where user_id = ?',
          [passwordHash, userId],
        )
    },
    async replaceHash(userId, from, to) {
      await orm.em.fork().nativeUpdate(Credential, { userId, passwordHash: from }, { passwordHash: to })
    },
    async add(credentials, createdAt) {
      try {
        await orm.em.fork().insert(Credential, rowOf(credentials, createdAt))
        return true
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException) return false
        throw error
      }
    },
    async addFirst(credentials, createdAt) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute('select pg_advisory_xact_lock(?)', [firstLockId])
        if ((await em.count(Credential)) > 0) return false
        await em.insert(Credential, rowOf(credentials, createdAt))
        return true
      })
    },
    async addInvited(credentials, createdAt, inviteHash) {
      try {
        return await orm.em.fork().transactional(async (em) => {
          const used = await em.nativeUpdate(
            Invite,
            { hash: inviteHash, usedAt: null, expiresAt: { $gt: createdAt } },
            { usedAt: createdAt },
          )
          if (used === 0) return 'invite_gone'
          await em.insert(Credential, rowOf(credentials, createdAt))
          return 'added'
        })
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException) return 'taken'
        throw error
      }
    },
    count: () => orm.em.fork().count(Credential),
    async remove(spaceId) {
      const em = orm.em.fork()
      const gone = await em.transactional((transaction) => removeIn(transaction, spaceId))
      // Name and hash stay in their page otherwise; a process that died here left them there, so it is done each time.
      await em.execute('vacuum (full) vault.credentials')
      return gone
    },
  }
}

const rowOf = ({ subject, ...credentials }: Credentials, createdAt: Date) => ({
  ...credentials,
  subject: subject === credentials.userId ? null : subject,
  createdAt,
})

async function removeIn(em: EntityManager, spaceId: string): Promise<string[]> {
  const gone = await em.execute<{ user_id: string; roles: string[] }[]>(
    'delete from vault.credentials where space_id = ? returning user_id, roles',
    [spaceId],
  )
  if (gone.some(({ roles }) => roles.includes('operator'))) {
    await em.execute(`
      update vault.credentials set roles = array_append(roles, 'operator')
      where user_id = (select user_id from vault.credentials order by created_at, user_id limit 1)
        and not exists (select 1 from vault.credentials where 'operator' = any(roles))`)
  }
  return gone.map(({ user_id }) => user_id)
}
