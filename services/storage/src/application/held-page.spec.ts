import fc from 'fast-check'
import { heldPage } from './held-page.ts'

const rowOf = (minute: number, id: number) => ({
  row: { observed_at: `2026-05-01T08:${String(minute).padStart(2, '0')}:00.000Z`, held_id: `h-${id}` },
})
const minutes = (max: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max })

describe('pages of the rows that wait', () => {
  it('show each that was there and stayed, once and in order, whatever comes and is decided between them', () => {
    fc.assert(
      fc.property(
        minutes(25),
        fc.array(fc.record({ come: minutes(4), decide: fc.array(fc.nat({ max: 60 }), { maxLength: 4 }) }), {
          maxLength: 4,
        }),
        fc.integer({ min: 1, max: 6 }),
        (first, changes, limit) => {
          let made = 0
          let there = first.map((minute) => rowOf(minute, made++))
          const decided = new Set<string>()
          const before = there.map(({ row }) => row.held_id)
          const seen: (typeof there)[number]['row'][] = []
          const waiting = [...changes]
          for (let cursor: string | undefined; ; ) {
            const { page, next } = heldPage(there, { limit, cursor })
            seen.push(...page.map(({ row }) => row))
            if (next === undefined) break
            cursor = next
            const change = waiting.shift()
            for (const n of change?.decide ?? []) decided.add(`h-${n}`)
            there = [...there, ...(change?.come ?? []).map((minute) => rowOf(minute, made++))]
            there = there.filter(({ row }) => !decided.has(row.held_id))
          }
          const ids = seen.map(({ held_id }) => held_id)
          expect(new Set(ids).size).toBe(ids.length)
          const stayed = before.filter((id) => !decided.has(id))
          expect(stayed.filter((id) => !ids.includes(id))).toEqual([])
          const times = seen.map(({ observed_at }) => observed_at)
          expect(times).toEqual(times.toSorted().toReversed())
        },
      ),
    )
  })

  it.each(['', 'x', Buffer.from('["no day","h"]').toString('base64url'), Buffer.from('[1,2]').toString('base64url')])(
    'refuse the cursor %p, which is none of ours',
    (cursor) => {
      expect(() => heldPage([], { limit: 2, cursor })).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    },
  )
})
