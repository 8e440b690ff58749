import { randomBytes, randomUUID } from 'node:crypto'
import type { Challenges, SecondFactorStore } from '../application/second-factor.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)
const bound = { limit: 3, windowMs: 60_000 }

/** What every `SecondFactorStore` keeps to. */
export function describeSecondFactors(name: string, open: () => Promise<SecondFactorStore>): void {
  describe(`second factors in ${name}`, () => {
    const hash = () => randomUUID()
    async function confirmed(hashes: readonly string[] = [hash(), hash()]) {
      const store = await open()
      const userId = randomUUID()
      const secret = new Uint8Array(randomBytes(20))
      await store.start(userId, secret, at)
      expect(await store.confirm(userId, 100, hashes, at)).toBe(true)
      return { store, userId, secret, hashes }
    }

    it('are begun as often as one likes, and found as they were begun last', async () => {
      const store = await open()
      const userId = randomUUID()
      expect(await store.find(userId)).toBeUndefined()
      const [first, second] = [new Uint8Array(randomBytes(20)), new Uint8Array(randomBytes(20))]
      for (const secret of [first, second]) expect(await store.start(userId, secret, at)).toBe(true)
      const found = await store.find(userId)
      expect(found && { ...found, secret: [...found.secret] }).toEqual({
        secret: [...second],
        confirmed: false,
        recoveryCodesLeft: 0,
      })
    })

    it('are confirmed once, of however many at once, and then not begun anew', async () => {
      const store = await open()
      const userId = randomUUID()
      expect(await store.confirm(userId, 1, [hash()], at)).toBe(false)
      await store.start(userId, new Uint8Array(randomBytes(20)), at)
      const asked = Array.from({ length: 4 }, () => store.confirm(userId, 100, [hash(), hash()], at))
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1)
      expect(await store.find(userId)).toMatchObject({ confirmed: true, recoveryCodesLeft: 2 })
      expect(await store.start(userId, new Uint8Array(randomBytes(20)), at)).toBe(false)
    })

    it('take each step once, of however many at once, and none before it', async () => {
      const { store, userId } = await confirmed()
      expect(await store.acceptStep(userId, 100)).toBe(false)
      const asked = Array.from({ length: 4 }, () => store.acceptStep(userId, 102))
      expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1)
      expect(await store.acceptStep(userId, 101)).toBe(false)
      expect(await store.acceptStep(userId, 103)).toBe(true)
      expect(await store.acceptStep(randomUUID(), 200)).toBe(false)
    })

    it('count guesses, of however many at once, until one was right or their time is over', async () => {
      const { store, userId } = await confirmed()
      const asked = await Promise.all(Array.from({ length: 5 }, () => store.guess(userId, at, bound)))
      expect(asked.filter((until) => until === null)).toHaveLength(3)
      expect(asked.filter((until) => until?.getTime() === seconds(60).getTime())).toHaveLength(2)
      expect(await store.guess(userId, seconds(59), bound)).toEqual(seconds(60))
      expect(await store.guess(userId, seconds(60), bound)).toBeNull()
      for (let n = 0; n < 9; n++) {
        expect(await store.guess(userId, seconds(61 + n), bound)).toBeNull()
        expect(await store.acceptStep(userId, 200 + n)).toBe(true)
      }
    })

    it('have recovery codes that are used once, of however many at once, and replaced together', async () => {
      const { store, userId, hashes } = await confirmed()
      const [first = '', second = ''] = hashes
      const used = await Promise.all(Array.from({ length: 3 }, () => store.useCode(userId, first)))
      expect(used.filter((left) => left !== undefined)).toEqual([1])
      expect(await store.useCode(randomUUID(), second)).toBeUndefined()
      const fresh = hash()
      await store.replaceCodes(userId, [fresh])
      expect(await store.useCode(userId, second)).toBeUndefined()
      expect(await store.useCode(userId, fresh)).toBe(0)
    })

    it('are deleted with their codes', async () => {
      const { store, userId, hashes } = await confirmed()
      const other = await confirmed()
      expect(await store.deleteOf(userId)).toBe(true)
      expect(await store.deleteOf(userId)).toBe(false)
      expect(await store.find(userId)).toBeUndefined()
      expect(await store.useCode(userId, hashes[0] ?? '')).toBeUndefined()
      expect(await other.store.find(other.userId)).toMatchObject({ confirmed: true, recoveryCodesLeft: 2 })
    })
  })
}

/** What every `Challenges` keeps to. */
export function describeChallenges(name: string, open: () => Promise<Challenges>): void {
  describe(`challenges in ${name}`, () => {
    const asked = async (over: { userId?: string | null } = {}) => {
      const challenges = await open()
      const hash = randomUUID()
      const userId = over.userId === undefined ? randomUUID() : over.userId
      await challenges.add({ hash, kind: 'a', userId, expiresAt: seconds(60) })
      return { challenges, hash, userId }
    }

    it('are found by hash and kind until their time is over', async () => {
      const { challenges, hash, userId } = await asked()
      expect(await challenges.tried(hash, 'a', seconds(59), 9)).toEqual({ userId })
      expect(await challenges.tried(hash, 'b', at, 9)).toBeUndefined()
      expect(await challenges.tried(randomUUID(), 'a', at, 9)).toBeUndefined()
      expect(await challenges.tried(hash, 'a', seconds(60), 9)).toBeUndefined()
      expect(await challenges.take(hash, 'a', seconds(60))).toBe(false)
      const nobodys = await asked({ userId: null })
      expect(await nobodys.challenges.tried(nobodys.hash, 'a', at, 9)).toEqual({ userId: null })
    })

    it('are tried as often as allowed, of however many at once', async () => {
      const { challenges, hash } = await asked()
      const tries = await Promise.all(Array.from({ length: 6 }, () => challenges.tried(hash, 'a', at, 4)))
      expect(tries.filter((found) => found !== undefined)).toHaveLength(4)
    })

    it('are taken once, of however many at once', async () => {
      const { challenges, hash } = await asked()
      expect(await challenges.take(hash, 'b', at)).toBe(false)
      const taken = await Promise.all(Array.from({ length: 4 }, () => challenges.take(hash, 'a', at)))
      expect(taken.filter(Boolean)).toHaveLength(1)
      expect(await challenges.tried(hash, 'a', at, 9)).toBeUndefined()
    })

    it('are deleted with their user, and once they are over', async () => {
      const [gone, over, living] = [await asked(), await asked(), await asked()]
      await gone.challenges.deleteOf(gone.userId ?? '')
      expect(await gone.challenges.tried(gone.hash, 'a', at, 9)).toBeUndefined()
      await living.challenges.add({ hash: `late-${living.hash}`, kind: 'a', userId: null, expiresAt: seconds(99) })
      for (const { challenges } of [over, living]) await challenges.deleteExpired(seconds(60))
      expect(await over.challenges.tried(over.hash, 'a', at, 9)).toBeUndefined()
      expect(await living.challenges.tried(`late-${living.hash}`, 'a', at, 9)).toEqual({ userId: null })
    })
  })
}
