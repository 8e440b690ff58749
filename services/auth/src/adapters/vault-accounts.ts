import { type MikroORM, UniqueConstraintViolationException } from '@mikro-orm/postgresql'
import { Credential } from '@pf/vault/postgres'
import type { Accounts, Credentials } from '../application/ports.ts'

/** Password hashes in the vault; a name is unique whatever its case. */
export function vaultAccounts(orm: MikroORM): Accounts {
  const one = async (where: { userId: string } | { username: string }): Promise<Credentials | undefined> => {
    const em = orm.em.fork()
    const rows =
      'userId' in where
        ? await em.find(Credential, { userId: where.userId })
        : await em.find(Credential, { userId: { $in: await idsNamed(where.username) } })
    const row = rows[0]
    if (row === undefined) return undefined
    const { userId, spaceId, username, passwordHash, roles } = row
    return {
      userId,
      spaceId,
      username,
      passwordHash,
      roles: roles.map((role) => (role === 'operator' ? role : 'user')),
    }
  }
  const idsNamed = async (username: string): Promise<string[]> => {
    const rows = await orm.em
      .fork()
      .execute<{ user_id: string }[]>('select user_id from vault.credentials where lower(username) = lower(?)', [
        username,
      ])
    return rows.map((row) => row.user_id)
  }
  return {
    async add(credentials, createdAt) {
      try {
        await orm.em.fork().insert(Credential, { ...credentials, createdAt })
        return true
      } catch (error) {
        if (error instanceof UniqueConstraintViolationException) return false
        throw error
      }
    },
    byUsername: (username) => one({ username }),
    byId: (userId) => one({ userId }),
    count: () => orm.em.fork().count(Credential),
  }
}
