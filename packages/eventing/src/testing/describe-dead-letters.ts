import type { DeadLetters } from '../dead-letters.ts'

const letter = (over: object = {}) => ({
  reaction: 'sender',
  context: 'connection' as const,
  subject: 'evt.connection.counter.space.one',
  seq: 3,
  eventId: 'e-3',
  attempts: 20,
  reason: 'EventInvalid',
  ...over,
})

/** What every place for dead letters keeps to. `open`: as another process would have it, over the same letters. */
export function describeDeadLetters(name: string, open: () => DeadLetters): void {
  describe(`${name}, for dead letters,`, () => {
    afterEach(async () => {
      for (const { id } of await open().list()) await open().remove(id)
    })

    it('keeps one for each reaction and message, with the newest reason', async () => {
      await open().set(letter())
      await open().set(letter({ attempts: 21, reason: 'SealBroken' }))
      await open().set(letter({ reaction: 'other' }))
      await open().set(letter({ seq: 4, eventId: 'e-4' }))
      const mine = await open().list('sender')
      expect(mine).toMatchObject([
        letter({ attempts: 21, reason: 'SealBroken', isAsked: false }),
        letter({ seq: 4, eventId: 'e-4' }),
      ])
      expect(Number.isNaN(Date.parse(mine[0]!.since))).toBe(false)
      expect(new Set((await open().list()).map(({ id }) => id)).size).toBe(3)
    })

    it('gives one that was asked for to one process, and none that was not', async () => {
      await open().set(letter())
      const [{ id } = { id: '' }] = await open().list()
      expect(await open().take('sender')).toBeUndefined()
      expect(await open().ask('unknown')).toBe(false)
      expect(await open().ask(id)).toBe(true)
      expect((await open().list())[0]?.isAsked).toBe(true)
      const taken = await Promise.all([open().take('sender'), open().take('sender'), open().take('other')])
      expect(taken.filter((one) => one !== undefined)).toMatchObject([letter()])
      expect((await open().list())[0]?.isAsked).toBe(false)
    })

    it('wakes who waits when something was asked for, and at the signal', async () => {
      await open().set(letter())
      const [{ id } = { id: '' }] = await open().list()
      const waiting = open().changed(new AbortController().signal)
      await open().ask(id)
      await waiting
      await open().changed(AbortSignal.abort())
    })

    it("forgets what is removed, and a space's or an aggregate's when it is erased", async () => {
      const at = (space: string, id: string, seq: number) =>
        letter({ subject: `evt.connection.counter.${space}.${id}`, seq })
      for (const one of [at('a', 'one', 1), at('a', 'two', 2), at('a', 'three', 3), at('b', 'one', 4)])
        await open().set(one)
      const [{ id } = { id: '' }] = await open().list()
      await open().remove(id)
      await open().erase({ spaceId: 'a', aggregateIds: ['two', 'other'] })
      expect((await open().list()).map(({ seq }) => seq)).toEqual([3, 4])
      await open().erase({ spaceId: 'a' })
      expect((await open().list()).map(({ seq }) => seq)).toEqual([4])
    })
  })
}
