import type { Accounts, Credentials } from '../application/ports.ts'

/** `Accounts` in a list, by the rules of the vault's (`describeAccounts`, `describeInvites`). */
export function memoryAccounts(invites: { use(hash: string, now: Date): boolean } = { use: () => false }): Accounts {
  const kept: Credentials[] = []
  const named = (username: string) => kept.find((account) => account.username.toLowerCase() === username.toLowerCase())
  const byId = (userId: string) => kept.find((account) => account.userId === userId)
  const known = (issuer: string, subject: string) =>
    kept.find((account) => account.issuer === issuer && account.subject === subject)
  const stands = ({ username, userId, issuer, subject }: Credentials) =>
    (named(username) ?? byId(userId) ?? known(issuer, subject)) !== undefined
  const add = (credentials: Credentials): boolean => {
    if (stands(credentials)) return false
    kept.push({ ...credentials, roles: [...credentials.roles] })
    return true
  }
  return {
    byUsername: async (username) => copyOf(named(username)),
    byId: async (userId) => copyOf(byId(userId)),
    bySubject: async (issuer, subject) => copyOf(known(issuer, subject)),
    async setPasswordHash(userId, passwordHash) {
      const account = byId(userId)
      if (account !== undefined) Object.assign(account, { passwordHash, passwordVersion: account.passwordVersion + 1 })
    },
    async replaceHash(userId, from, to) {
      const account = byId(userId)
      if (account?.passwordHash === from) account.passwordHash = to
    },
    count: async () => kept.length,
    async remove(spaceId) {
      const gone = kept.filter((account) => account.spaceId === spaceId)
      for (const account of gone) kept.splice(kept.indexOf(account), 1)
      const operates = ({ roles }: Credentials) => roles.includes('operator')
      if (gone.some(operates) && !kept.some(operates)) kept[0]?.roles.push('operator')
      return gone.map(({ userId }) => userId)
    },
    add: async (credentials) => add(credentials),
    async addInvited(credentials, createdAt, inviteHash) {
      if (stands(credentials)) return 'taken'
      if (!invites.use(inviteHash, createdAt)) return 'invite_gone'
      return add(credentials) ? 'added' : 'taken'
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
