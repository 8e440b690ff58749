import type { MikroORM } from '@mikro-orm/postgresql'
import { Invite } from '@pf/vault/postgres'
import type { InviteStore, KeptInvite } from '../application/invites.ts'

/** Whoever counts invitations and adds one takes turns, until the transaction ends (any constant of ours). */
const lockId = 0x70_66_69_76
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Invitations in the vault, hashed. `vaultAccounts` uses them up. */
export function vaultInvites(orm: MikroORM): InviteStore {
  return {
    async add(invite, limit) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute('select pg_advisory_xact_lock(?)', [lockId])
        if ((await em.count(Invite, { usedAt: null, expiresAt: { $gt: invite.issuedAt } })) >= limit) return false
        await em.insert(Invite, invite)
        return true
      })
    },
    async open(hash, now) {
      const row = await orm.em.fork().findOne(Invite, { hash, usedAt: null, expiresAt: { $gt: now } })
      return row === null ? undefined : seen(row)
    },
    async all() {
      return (await orm.em.fork().find(Invite, {}, { orderBy: { issuedAt: 'desc', id: 'desc' } })).map(seen)
    },
    async revoke(id) {
      if (!uuid.test(id)) return undefined
      const em = orm.em.fork()
      const row = await em.findOne(Invite, { id, usedAt: null })
      const gone = row === null ? 0 : await em.nativeDelete(Invite, { id, usedAt: null })
      return row === null || gone === 0 ? undefined : seen(row)
    },
    async deleteOf(userId) {
      const em = orm.em.fork()
      if ((await em.nativeDelete(Invite, { issuedBy: userId })) > 0) await em.execute('vacuum (full) vault.invites')
    },
    async deleteEnded(before) {
      await orm.em.fork().nativeDelete(Invite, { $or: [{ expiresAt: { $lt: before } }, { usedAt: { $lt: before } }] })
    },
  }
}

const seen = ({ id, hash, issuedBy, issuedAt, expiresAt, usedAt }: Invite): KeptInvite => ({
  id,
  hash,
  issuedBy,
  issuedAt,
  expiresAt,
  usedAt: usedAt ?? null,
})
