import { randomBytes, randomUUID } from 'node:crypto'
import type { KeptPasskey, PasskeyStore } from '../application/passkeys.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)

const passkey = (over: Partial<KeptPasskey> = {}): KeptPasskey => ({
  id: randomUUID(),
  userId: randomUUID(),
  credentialId: randomUUID(),
  publicKey: new Uint8Array(randomBytes(77)),
  counter: 0,
  transports: ['internal', 'hybrid'],
  synced: false,
  name: 'Phone',
  createdAt: at,
  lastUsedAt: null,
  ...over,
})

/** What every `PasskeyStore` keeps to. */
export function describePasskeys(name: string, open: () => Promise<PasskeyStore>): void {
  describe(`passkeys in ${name}`, () => {
    it('are found by their credential and listed with their owner, the newest first, as they were added', async () => {
      const store = await open()
      const first = passkey({ counter: 2 ** 32 - 1, transports: [] })
      const second = passkey({ userId: first.userId, createdAt: seconds(1), synced: true })
      for (const one of [first, second, passkey()]) expect(await store.add(one, 9)).toBe('added')
      expect(await store.byCredential(first.credentialId)).toEqual(first)
      expect(await store.byCredential(randomUUID())).toBeUndefined()
      expect(await store.of(first.userId)).toEqual([second, first])
    })

    it('are as many as allowed, of however many at once, and each key is one person’s', async () => {
      const store = await open()
      const userId = randomUUID()
      const asked = Array.from({ length: 6 }, () => passkey({ userId }))
      const added = await Promise.all(asked.map((one) => store.add(one, 3)))
      expect(added.filter((outcome) => outcome === 'added')).toHaveLength(3)
      expect(added.filter((outcome) => outcome === 'full')).toHaveLength(3)
      const [standing] = await store.of(userId)
      const stolen = passkey({ credentialId: standing?.credentialId ?? '' })
      expect(await store.add(stolen, 3)).toBe('known')
      expect(await store.of(stolen.userId)).toEqual([])
    })

    it('count on: each count is taken once, of however many at once, and none before it', async () => {
      const store = await open()
      const mine = passkey({ counter: 4 })
      await store.add(mine, 9)
      for (const counter of [4, 3, 0])
        expect(await store.used(mine.id, { counter, synced: true }, seconds(1))).toBe(false)
      expect(await store.byCredential(mine.credentialId)).toEqual(mine)
      const at5 = Array.from({ length: 4 }, () => store.used(mine.id, { counter: 5, synced: true }, seconds(2)))
      expect((await Promise.all(at5)).filter(Boolean)).toHaveLength(1)
      const used = { ...mine, counter: 5, synced: true, lastUsedAt: seconds(2) }
      expect(await store.byCredential(mine.credentialId)).toEqual(used)
      expect(await store.used(randomUUID(), { counter: 9, synced: true }, at)).toBe(false)
    })

    it('of an authenticator that does not count stay at nought', async () => {
      const store = await open()
      const mine = passkey()
      await store.add(mine, 9)
      for (const n of [1, 2]) expect(await store.used(mine.id, { counter: 0, synced: false }, seconds(n))).toBe(true)
      expect(await store.used(mine.id, { counter: 1, synced: false }, seconds(3))).toBe(true)
      expect(await store.used(mine.id, { counter: 0, synced: false }, seconds(4))).toBe(false)
    })

    it('are renamed and removed by their owner and by nobody else', async () => {
      const store = await open()
      const mine = passkey()
      await store.add(mine, 9)
      for (const [userId, id] of [
        [randomUUID(), mine.id],
        [mine.userId, 'not-an-id'],
      ] as const) {
        expect(await store.rename(userId, id, 'Theirs')).toBeUndefined()
        expect(await store.remove(userId, id)).toBe(false)
      }
      expect(await store.rename(mine.userId, mine.id, 'Tablet')).toEqual({ ...mine, name: 'Tablet' })
      expect(await store.remove(mine.userId, mine.id)).toBe(true)
      expect(await store.remove(mine.userId, mine.id)).toBe(false)
      expect(await store.byCredential(mine.credentialId)).toBeUndefined()
    })

    it('are deleted with their owner', async () => {
      const store = await open()
      const [gone, living] = [passkey(), passkey()]
      for (const one of [gone, living]) await store.add(one, 9)
      await store.deleteOf(gone.userId)
      expect(await store.of(gone.userId)).toEqual([])
      expect(await store.byCredential(gone.credentialId)).toBeUndefined()
      expect(await store.of(living.userId)).toEqual([living])
    })
  })
}
