import { randomUUID } from 'node:crypto'
import type { Clock } from '@pf/eventing'
import type { Audit } from '../application/audit.ts'
import type { Sessions } from '../application/sessions.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)
const later = seconds(86_400)
const client = { address: '203.0.113.9', userAgent: 'Firefox' }

/** What every `Sessions` keeps to. `open` also gives a space whose key there is. */
export function describeSessions(name: string, open: () => Promise<{ sessions: Sessions; spaceId: string }>): void {
  describe(`sessions in ${name}`, () => {
    async function started() {
      const { sessions, spaceId } = await open()
      const fresh = (userId: string = randomUUID()) => ({
        ...{ sessionId: randomUUID(), userId, spaceId, expiresAt: later, client },
      })
      const first = fresh()
      await sessions.seen(first, at)
      return { sessions, first, fresh }
    }

    it('are listed while they are open, the last seen first', async () => {
      const { sessions, first, fresh } = await started()
      const second = fresh(first.userId)
      await sessions.seen(second, seconds(1))
      await sessions.seen(fresh(), seconds(1))
      const { sessionId, userId, spaceId } = first
      const ours = await sessions.open(userId, seconds(2))
      expect(ours.map((session) => session.sessionId)).toEqual([second.sessionId, sessionId])
      expect(ours[1]).toEqual({ sessionId, userId, spaceId, startedAt: at, lastSeenAt: at, expiresAt: later, client })
      expect(await sessions.open(userId, later)).toEqual([])
    })

    it('keep when they began, and tell where they were seen last', async () => {
      const { sessions, first } = await started()
      const moved = { address: '203.0.113.10', userAgent: 'Safari' }
      const again = { ...first, expiresAt: seconds(90_000), client: moved }
      await sessions.seen(again, seconds(60))
      const [session] = await sessions.open(first.userId, later)
      expect(session).toMatchObject({
        startedAt: at,
        lastSeenAt: seconds(60),
        expiresAt: seconds(90_000),
        client: moved,
      })
    })

    it('end once, for good, and are known as ended', async () => {
      const { sessions, first } = await started()
      expect(await sessions.end(first.sessionId, 'revoked', seconds(5))).toBe(true)
      expect(await sessions.end(first.sessionId, 'logout', seconds(6))).toBe(false)
      expect(await sessions.end(randomUUID(), 'logout', seconds(6))).toBe(false)
      await sessions.seen(first, seconds(7))
      expect(await sessions.open(first.userId, seconds(8))).toEqual([])
      expect(await sessions.endedSince(seconds(4))).toContain(first.sessionId)
      expect(await sessions.endedSince(seconds(5))).not.toContain(first.sessionId)
    })

    it('that nobody ended are found once they have expired', async () => {
      const { sessions, first, fresh } = await started()
      const [living, ended] = [{ ...fresh(), expiresAt: seconds(90_000) }, fresh()]
      for (const one of [living, ended]) await sessions.seen(one, at)
      await sessions.end(ended.sessionId, 'logout', at)
      const { sessionId, userId, spaceId } = first
      const found = await sessions.expired(later, 1000)
      expect(found).toContainEqual({ sessionId, userId, spaceId })
      const ids = found.map((session) => session.sessionId)
      for (const other of [living, ended]) expect(ids).not.toContain(other.sessionId)
      expect(await sessions.expired(later, 1)).toHaveLength(1)
    })

    it('are deleted with their user, and after they have ended', async () => {
      const { sessions, first, fresh } = await started()
      const other = fresh()
      await sessions.seen(other, at)
      await sessions.deleteOf(first.userId)
      expect(await sessions.open(first.userId, at)).toEqual([])
      expect(await sessions.open(other.userId, at)).toHaveLength(1)
      await sessions.end(other.sessionId, 'logout', seconds(5))
      await sessions.deleteEnded(seconds(4))
      expect(await sessions.endedSince(at)).toContain(other.sessionId)
      await sessions.deleteEnded(seconds(5))
      expect(await sessions.endedSince(at)).not.toContain(other.sessionId)
    })
  })
}

/** What every `Audit` keeps to. `open` also gives a space whose key there is. */
export function describeAudit(name: string, open: (clock: Clock) => Promise<{ audit: Audit; spaceId: string }>): void {
  let nowMs = at.getTime()
  const clock = { now: () => new Date(nowMs++) }

  describe(`security events in ${name}`, () => {
    it("are a user's own or everybody's, the newest first, page by page", async () => {
      const { audit, spaceId } = await open(clock)
      const [sam, kim] = [randomUUID(), randomUUID()].map((userId) => ({ userId, spaceId }))
      const sessionId = randomUUID()
      await audit.record({ action: 'signed_in', user: sam, sessionId, client })
      await audit.record({ action: 'sign_in_failed', user: undefined, client })
      await audit.record({ action: 'signed_out', user: sam, client: undefined })
      await audit.record({ action: 'signed_in', user: kim, client })
      const own = await audit.list({ userId: sam?.userId ?? '', limit: 10 })
      expect(own.map(({ action, client: from }) => [action, from])).toEqual([
        ['signed_out', undefined],
        ['signed_in', client],
      ])
      expect(own[1]).toMatchObject({ userId: sam?.userId, sessionId })
      const [newest] = own
      const before = await audit.list({ userId: sam?.userId ?? '', before: newest?.id ?? '', limit: 10 })
      expect(before).toEqual(own.slice(1))
      const all = await audit.list({ limit: 3 })
      expect(all.map(({ action, userId }) => [action, userId])).toEqual([
        ['signed_in', kim?.userId],
        ['signed_out', sam?.userId],
        ['sign_in_failed', null],
      ])
    })

    it('are deleted with their user, and with their time', async () => {
      const { audit, spaceId } = await open(clock)
      const [sam, kim] = [randomUUID(), randomUUID()]
      for (const userId of [sam, kim]) await audit.record({ action: 'signed_in', user: { userId, spaceId }, client })
      await audit.deleteOf(sam)
      expect(await audit.list({ userId: sam, limit: 10 })).toEqual([])
      const [kept] = await audit.list({ userId: kim, limit: 10 })
      await audit.deleteBefore(kept?.at ?? at)
      expect(await audit.list({ userId: kim, limit: 10 })).toHaveLength(1)
      await audit.deleteBefore(new Date((kept?.at ?? at).getTime() + 1))
      expect(await audit.list({ userId: kim, limit: 10 })).toEqual([])
    })
  })
}
