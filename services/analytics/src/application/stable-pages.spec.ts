import fc from 'fast-check'
import { account, said } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { listTransactions } from './transactions.ts'

/** Each try writes files and loads them, perhaps on a busy machine. */
const patienceMs = 120_000
const runs = 12

const day = (n: number) => `2026-05-${String(n).padStart(2, '0')}`
const days = (max: number) => fc.array(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: max })

describe('pages of the list', () => {
  let spaces: Spaces
  let space = 0
  let made = 0
  beforeAll(async () => {
    spaces = await openSpaces()
  })
  afterAll(() => spaces.remove())

  const rows = (dates: readonly number[]) =>
    dates.map((date) => said({ id: ++made % 900_000, date: day(date), minor: -made, text: `ROW ${made}` }))

  it(
    'show every row that was there at first, once and in order, whatever arrives between them',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          days(20),
          fc.array(days(5), { maxLength: 3 }),
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom('date' as const, '-date' as const),
          async (first, arriving, limit, sort) => {
            const spaceId = `s${++space}`
            await spaces.sync(spaceId, account('current'), ...rows(first))
            const there = (await listTransactions(spaces.registry, spaceId, { limit: 200 })).items.map(({ id }) => id)
            const waiting = [...arriving]
            const seen: { id: string; date: string }[] = []
            for (let cursor: string | undefined; ; ) {
              const page = await listTransactions(spaces.registry, spaceId, { limit, sort, ...(cursor && { cursor }) })
              seen.push(...page.items.map(({ id, date }) => ({ id, date })))
              cursor = page.next_cursor
              if (cursor === undefined) break
              const next = waiting.shift()
              if (next !== undefined) await spaces.sync(spaceId, ...rows(next))
            }
            const ids = seen.map(({ id }) => id)
            expect(new Set(ids).size).toBe(ids.length)
            expect(ids.filter((id) => there.includes(id)).toSorted()).toEqual(there.toSorted())
            const key = ({ date, id }: { date: string; id: string }) => `${date} ${id}`
            const ordered = seen.map(key).toSorted()
            expect(seen.map(key)).toEqual(sort === 'date' ? ordered : ordered.toReversed())
          },
        ),
        { numRuns: runs },
      )
    },
    patienceMs,
  )
})
