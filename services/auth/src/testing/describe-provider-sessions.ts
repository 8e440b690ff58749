import { randomUUID } from 'node:crypto'
import type { ProviderSession, ProviderSessions } from '../application/provider-sessions.ts'

const at = (seconds: number) => new Date(Date.parse('2026-11-20T08:00:00Z') + seconds * 1000)
const session = (over: Partial<ProviderSession> = {}): ProviderSession => ({
  sessionId: randomUUID(),
  userId: randomUUID(),
  sid: 'Fl4fXaGo',
  held: { 'hash of ours': 'sealed' },
  expiresAt: at(3600),
  status: 'open',
  ...over,
})

/** What every `ProviderSessions` keeps to. */
export function describeProviderSessions(name: string, open: () => Promise<ProviderSessions>): void {
  describe(`provider sessions in ${name}`, () => {
    let sessions: ProviderSessions
    beforeEach(async () => {
      sessions = await open()
    })

    it('are there as they were added, and stay so when they are added again', async () => {
      const one = session()
      await sessions.add(one)
      await sessions.add({ ...one, held: {}, sid: 'another' })
      expect(await sessions.find(one.sessionId)).toEqual(one)
      expect(await sessions.open(one.userId)).toEqual([one])
      expect(await sessions.find(randomUUID())).toBeUndefined()
    })

    it('are claimed by one at a time, until it gives them back or its time is over', async () => {
      const one = session()
      await sessions.add(one)
      const claims = await Promise.all([1, 2, 3].map(() => sessions.claim(one.sessionId, at(0), at(10))))
      expect(claims.filter((claim) => claim !== 'busy')).toEqual([one])
      await sessions.release(one.sessionId)
      expect(await sessions.claim(one.sessionId, at(1), at(11))).toEqual(one)
      expect(await sessions.claim(one.sessionId, at(10), at(20))).toBe('busy')
      expect(await sessions.claim(one.sessionId, at(12), at(22))).toEqual(one)
      expect(await sessions.claim(randomUUID(), at(0), at(10))).toBeUndefined()
    })

    it('keep what a renewal brought, and are free again', async () => {
      const one = session()
      await sessions.add(one)
      await sessions.claim(one.sessionId, at(0), at(10))
      await sessions.keep(one.sessionId, { held: { newer: 'sealed anew' }, expiresAt: at(7200) })
      const kept = { ...one, held: { newer: 'sealed anew' }, expiresAt: at(7200) }
      expect(await sessions.claim(one.sessionId, at(1), at(11))).toEqual(kept)
    })

    it('end here, then at the provider, and are never open again', async () => {
      const userId = randomUUID()
      const [one, other] = [session({ userId }), session({ userId })]
      for (const each of [one, other]) await sessions.add(each)
      await sessions.claim(one.sessionId, at(0), at(10))
      await sessions.end(one.sessionId)
      await sessions.keep(one.sessionId, { held: { newer: 'sealed anew' }, expiresAt: at(7200) })
      await sessions.add(one)
      const ending = { ...one, status: 'ending', held: {} }
      expect(await sessions.find(one.sessionId)).toEqual(ending)
      expect((await sessions.ending(10_000)).filter((each) => each.userId === userId)).toEqual([ending])
      expect(await sessions.open(userId)).toEqual([other])
      expect(await sessions.claim(one.sessionId, at(20), at(30))).toBeUndefined()
      for (const { sessionId } of [one, other]) await sessions.ended(sessionId, at(60))
      await sessions.end(one.sessionId)
      await sessions.ended(one.sessionId, at(9000))
      expect(await sessions.find(one.sessionId)).toEqual({ ...ending, status: 'ended', expiresAt: at(60) })
      expect(await sessions.open(userId)).toEqual([])
      expect((await sessions.ending(10_000)).filter((each) => each.userId === userId)).toEqual([])
    })

    it('go with their user, and when their time is over', async () => {
      const userId = randomUUID()
      const [one, two, other] = [session({ userId }), session({ userId }), session({ expiresAt: at(7200) })]
      for (const each of [one, two, other]) await sessions.add(each)
      await sessions.deleteOf(userId)
      expect([await sessions.find(one.sessionId), await sessions.find(two.sessionId)]).toEqual([undefined, undefined])
      await sessions.deleteExpired(at(3600))
      expect(await sessions.find(other.sessionId)).toEqual(other)
      await sessions.deleteExpired(at(7200))
      expect(await sessions.find(other.sessionId)).toBeUndefined()
    })
  })
}
