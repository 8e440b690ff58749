import { randomUUID } from 'node:crypto'
import type { InviteStore, KeptInvite } from '../application/invites.ts'
import type { Accounts } from '../application/ports.ts'
import { credentials } from './describe-sign-in-stores.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)
const invite = (over: Partial<KeptInvite> = {}): KeptInvite => ({
  id: randomUUID(),
  hash: randomUUID(),
  issuedBy: randomUUID(),
  issuedAt: at,
  expiresAt: seconds(60),
  usedAt: null,
  ...over,
})

/** What every `InviteStore` keeps to, and `Accounts.addInvited` with it. `open` gives both without any row. */
export function describeInvites(name: string, open: () => Promise<{ invites: InviteStore; accounts: Accounts }>): void {
  describe(`invitations in ${name}`, () => {
    it('are found by their hash while they are open, and listed, the newest first', async () => {
      const { invites } = await open()
      const [older, newer] = [invite(), invite({ issuedAt: seconds(1) })]
      for (const one of [older, newer]) expect(await invites.add(one, 9)).toBe(true)
      expect(await invites.open(older.hash, seconds(59))).toEqual(older)
      expect(await invites.open(older.hash, seconds(60))).toBeUndefined()
      expect(await invites.open(randomUUID(), at)).toBeUndefined()
      expect(await invites.all()).toEqual([newer, older])
    })

    it('are open as many at a time as allowed, of however many at once', async () => {
      const { invites } = await open()
      const added = await Promise.all(Array.from({ length: 5 }, () => invites.add(invite(), 3)))
      expect(added.filter(Boolean)).toHaveLength(3)
      expect(await invites.add(invite({ issuedAt: seconds(60), expiresAt: seconds(90) }), 3)).toBe(true)
    })

    it('let in one, of however many at once, and are used up with the account alone', async () => {
      const { invites, accounts } = await open()
      const one = invite()
      await invites.add(one, 9)
      const standing = credentials()
      await accounts.add(standing, at)
      const taken = credentials({ username: standing.username.toUpperCase() })
      expect(await accounts.addInvited(taken, at, one.hash)).toBe('taken')
      expect(await invites.open(one.hash, at)).toEqual(one)
      const coming = Array.from({ length: 4 }, () => credentials())
      const answers = await Promise.all(coming.map((each) => accounts.addInvited(each, at, one.hash)))
      expect(answers.toSorted()).toEqual(['added', 'invite_gone', 'invite_gone', 'invite_gone'])
      const found = await Promise.all(coming.map(({ userId }) => accounts.byId(userId)))
      expect(found.filter((each) => each !== undefined)).toHaveLength(1)
      expect(await invites.all()).toEqual([{ ...one, usedAt: at }])
      expect(await accounts.addInvited(credentials(), seconds(60), one.hash)).toBe('invite_gone')
    })

    it('are revoked while nobody has used them', async () => {
      const { invites, accounts } = await open()
      const [open_, used] = [invite(), invite()]
      for (const one of [open_, used]) await invites.add(one, 9)
      await accounts.addInvited(credentials(), at, used.hash)
      expect(await invites.revoke(open_.id)).toEqual(open_)
      expect(await invites.open(open_.hash, at)).toBeUndefined()
      for (const id of [open_.id, used.id, randomUUID(), 'none']) expect(await invites.revoke(id)).toBeUndefined()
    })

    it('are deleted with whoever issued them, and once they have ended', async () => {
      const { invites, accounts } = await open()
      const [gone, over, used, stays] = [
        invite(),
        invite(),
        invite({ expiresAt: seconds(900) }),
        invite({ expiresAt: seconds(900) }),
      ]
      for (const one of [gone, over, used, stays]) await invites.add(one, 9)
      await accounts.addInvited(credentials(), at, used.hash)
      await invites.deleteOf(gone.issuedBy)
      expect(await invites.open(gone.hash, at)).toBeUndefined()
      await invites.deleteEnded(seconds(61))
      expect(await invites.all()).toEqual([stays])
    })
  })
}
