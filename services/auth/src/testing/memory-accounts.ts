import type { Accounts, Credentials } from '../application/ports.ts'

/** `Accounts` in a list, by the rules of the vault's (`describeAccounts`). */
export function memoryAccounts(): Accounts {
  const kept: Credentials[] = []
  const named = (username: string) => kept.find((account) => account.username.toLowerCase() === username.toLowerCase())
  const byId = (userId: string) => kept.find((account) => account.userId === userId)
  const known = (issuer: string, subject: string) =>
    kept.find((account) => account.issuer === issuer && account.subject === subject)
  return {
    byUsername: async (username) => copyOf(named(username)),
    byId: async (userId) => copyOf(byId(userId)),
    bySubject: async (issuer, subject) => copyOf(known(issuer, subject)),
    async setPasswordHash(userId, passwordHash) {
      const account = byId(userId)
      if (account !== undefined) Object.assign(account, { passwordHash, passwordVersion: account.passwordVersion + 1 })
    },
    count: async () => kept.length,
    async remove(spaceId) {
      const gone = kept.filter((account) => account.spaceId === spaceId)
      for (const account of gone) kept.splice(kept.indexOf(account), 1)
      const operates = ({ roles }: Credentials) => roles.includes('operator')
      if (gone.some(operates) && !kept.some(operates)) kept[0]?.roles.push('operator')
      return gone.map(({ userId }) => userId)
    },
    async add(credentials) {
      const { username, userId, issuer, subject } = credentials
      if ((named(username) ?? byId(userId) ?? known(issuer, subject)) !== undefined) return false
      kept.push({ ...credentials, roles: [...credentials.roles] })
      return true
    },
    async addFirst(credentials) {
      if (kept.length > 0) return false
      kept.push({ ...credentials, roles: [...credentials.roles] })
      return true
    },
  }
}

/** As it was read: what is changed later does not change it. */
const copyOf = (account: Credentials | undefined) => account && { ...account, roles: [...account.roles] }
