import { randomUUID } from 'node:crypto'
import type { SigningKeys } from '../adapters/access-tokens.ts'

const at = new Date('2026-11-20T08:00:00Z')
const seconds = (n: number) => new Date(at.getTime() + n * 1000)
const always = { isDue: () => true, make: async () => ({ kty: 'EC', kid: randomUUID(), d: 'private' }) }

/** What every `SigningKeys` keeps to. `open` gives one without any key. */
export function describeSigningKeys(name: string, open: () => Promise<SigningKeys>): void {
  describe(`signing keys in ${name}`, () => {
    it('are made once where several ask at once for the first', async () => {
      const keys = await open()
      const first = { ...always, isDue: (newest: Date | undefined) => newest === undefined }
      const asked = [0, 1, 2].map((n) => keys.add(first, seconds(n), seconds(99)))
      const answers = await Promise.all(asked)
      expect(new Set(answers.map((when) => when.getTime())).size).toBe(1)
      expect(await keys.living(at)).toMatchObject([{ jwk: { d: 'private' }, createdAt: answers[0] }])
    })

    it('stand beside the one that follows until they retire, the newest first', async () => {
      const keys = await open()
      await keys.add(always, at, at)
      const [first] = await keys.living(at)
      expect(await keys.add(always, seconds(10), seconds(60))).toEqual(seconds(10))
      const both = await keys.living(seconds(59))
      expect(both.map(({ createdAt }) => createdAt)).toEqual([seconds(10), at])
      expect(both[1]).toEqual(first)
      expect((await keys.living(seconds(60))).map(({ createdAt }) => createdAt)).toEqual([seconds(10)])
      // One more does not prolong what retires already.
      await keys.add(always, seconds(20), seconds(900))
      expect(await keys.living(seconds(59))).toHaveLength(3)
      expect(await keys.living(seconds(60))).toHaveLength(2)
      await keys.deleteRetired(seconds(900))
      expect((await keys.living(at)).map(({ createdAt }) => createdAt)).toEqual([seconds(20)])
    })
  })
}
