import { randomUUID } from 'node:crypto'
import type { Owner, Preferences } from '../application/ports.ts'
import type { Preference } from '../domain/preference.ts'

const preference = (over: Partial<Preference> = {}): Preference => ({
  key: 'transactions.filters',
  value: { q: 'tea' },
  revision: randomUUID(),
  changedAt: '2026-11-20T08:00:00.000Z',
  ...over,
})
const anything = () => undefined

/** What every `Preferences` keeps to. `open` makes the keys of the owners that it is told. */
export function describePreferences(name: string, open: (owners: readonly Owner[]) => Promise<Preferences>): void {
  describe(`preferences in ${name}`, () => {
    let sam: Owner
    let kim: Owner
    let preferences: Preferences
    beforeEach(async () => {
      // A principal knows more of itself.
      const owner = () => ({ userId: randomUUID(), spaceId: randomUUID(), sessionId: 'x', roles: ['user'] })
      ;[sam, kim] = [owner(), owner()]
      preferences = await open([sam, kim])
    })

    it('are there as they were put, by key, each for its own user', async () => {
      const one = preference({ value: [1, null, 'ü'] })
      const other = preference({ key: 'dashboard.cards', value: false })
      await preferences.put(sam, one, anything)
      await preferences.put(sam, other, anything)
      await preferences.put(kim, preference({ value: 'hers' }), anything)
      expect(await preferences.all(sam)).toEqual([other, one])
      expect(await preferences.find(sam, one.key)).toEqual(one)
      expect(await preferences.find(sam, 'nothing')).toBeUndefined()
      expect((await preferences.all(kim)).map(({ value }) => value)).toEqual(['hers'])
    })

    it('show who judges what stands there, and stay where the judge refuses', async () => {
      const seen: [Preference | undefined, number][] = []
      const first = preference()
      await preferences.put(sam, first, (...judged) => void seen.push(judged))
      const refusing = preferences.put(sam, preference({ value: 2 }), (...judged) => {
        seen.push(judged)
        throw new Error('no')
      })
      await expect(refusing).rejects.toThrow('no')
      expect(seen).toEqual([
        [undefined, 0],
        [first, 1],
      ])
      expect(await preferences.all(sam)).toEqual([first])
      const keeping = preferences.remove(sam, first.key, () => {
        throw new Error('no')
      })
      await expect(keeping).rejects.toThrow('no')
      await preferences.remove(sam, first.key, anything)
      expect(await preferences.all(sam)).toEqual([])
    })

    it('lose no change: of several over one revision a single one is made', async () => {
      const first = preference()
      await preferences.put(sam, first, anything)
      const changing = Array.from({ length: 5 }, (_, value) =>
        preferences.put(sam, preference({ value }), (standing) => {
          if (standing?.revision !== first.revision) throw new Error('changed since')
        }),
      )
      const outcomes = await Promise.allSettled(changing)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it('are erased with their space, and no others', async () => {
      for (const owner of [sam, kim])
        for (const key of ['a', 'b']) await preferences.put(owner, preference({ key }), anything)
      expect(await preferences.erase(sam.spaceId)).toBe(2)
      expect(await preferences.erase(sam.spaceId)).toBe(0)
      expect(await preferences.all(sam)).toEqual([])
      expect(await preferences.all(kim)).toHaveLength(2)
    })
  })
}
