import { randomUUID } from 'node:crypto'
import type { ApiTokenStore, KeptApiToken } from '../application/api-tokens.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)

const token = (over: Partial<KeptApiToken> = {}): KeptApiToken => ({
  id: randomUUID(),
  hash: randomUUID(),
  userId: randomUUID(),
  name: 'Backup',
  scopes: ['read'],
  createdAt: at,
  expiresAt: null,
  lastUsedAt: null,
  ...over,
})

/** What every `ApiTokenStore` keeps to. */
export function describeApiTokens(name: string, open: () => Promise<ApiTokenStore>): void {
  describe(`API tokens in ${name}`, () => {
    it('are found by their hash and listed with their owner, the newest first, as they were added', async () => {
      const store = await open()
      const first = token({ scopes: ['read', 'write', 'admin'], expiresAt: seconds(60) })
      const second = token({ userId: first.userId, createdAt: seconds(1) })
      for (const one of [first, second, token()]) expect(await store.add(one, 9)).toBe(true)
      expect(await store.byHash(first.hash)).toEqual(first)
      expect(await store.byHash(randomUUID())).toBeUndefined()
      expect(await store.of(first.userId)).toEqual([second, first])
    })

    it('are as many as allowed, of however many are asked for at once; a revoked one makes room', async () => {
      const store = await open()
      const userId = randomUUID()
      const asked = Array.from({ length: 6 }, () => token({ userId }))
      const added = await Promise.all(asked.map((one) => store.add(one, 3)))
      expect(added.filter(Boolean)).toHaveLength(3)
      expect(await store.of(userId)).toHaveLength(3)
      const [stands] = await store.of(userId)
      await store.revoke(userId, stands?.id ?? '', at)
      expect(await store.add(token({ userId }), 3)).toBe(true)
      expect(await store.add(token({ userId }), 3)).toBe(false)
    })

    it('that are revoked are found no more, but named for a while; a repeat changes nothing', async () => {
      const store = await open()
      const mine = token()
      await store.add(mine, 9)
      expect(await store.revoke(mine.userId, mine.id, seconds(5))).toBe(true)
      expect(await store.byHash(mine.hash)).toBeUndefined()
      expect(await store.of(mine.userId)).toEqual([])
      expect(await store.revoke(mine.userId, mine.id, seconds(50))).toBe(true)
      expect(await store.revokedSince(seconds(4))).toContain(mine.id)
      expect(await store.revokedSince(seconds(5))).not.toContain(mine.id)
    })

    it('are revoked by their owner and by nobody else', async () => {
      const store = await open()
      const mine = token()
      await store.add(mine, 9)
      expect(await store.revoke(randomUUID(), mine.id, at)).toBe(false)
      expect(await store.revoke(mine.userId, 'not-an-id', at)).toBe(false)
      expect(await store.byHash(mine.hash)).toEqual(mine)
    })

    it('say when they were used last', async () => {
      const store = await open()
      const mine = token()
      await store.add(mine, 9)
      await store.used(mine.id, seconds(7))
      expect(await store.byHash(mine.hash)).toEqual({ ...mine, lastUsedAt: seconds(7) })
    })

    it('are deleted with their owner, and once they have ended', async () => {
      const store = await open()
      const [gone, expired, revoked, living] = [
        token(),
        token({ expiresAt: seconds(10) }),
        token(),
        token({ expiresAt: seconds(30) }),
      ]
      for (const one of [gone, expired, revoked, living]) await store.add(one, 9)
      await store.revoke(revoked.userId, revoked.id, seconds(10))
      await store.deleteOf(gone.userId)
      await store.deleteEnded(seconds(10))
      expect(await store.byHash(gone.hash)).toBeUndefined()
      expect(await store.byHash(expired.hash)).toEqual(expired)
      expect(await store.revoke(revoked.userId, revoked.id, seconds(99))).toBe(true)
      await store.deleteEnded(seconds(11))
      expect(await store.byHash(expired.hash)).toBeUndefined()
      expect(await store.revoke(revoked.userId, revoked.id, seconds(99))).toBe(false)
      expect(await store.byHash(living.hash)).toEqual(living)
    })
  })
}
