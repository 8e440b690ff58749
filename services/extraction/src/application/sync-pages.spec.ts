import { randomUUID } from 'node:crypto'
import { type RunEvent, runEvents } from '@pf/contracts'
import { createCommandHandler, type Decider, encodePosition } from '@pf/eventing'
import { commandHandling, type Platform, startProjections } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import fc from 'fast-check'
import { at, feedAccount } from '../domain/builders.ts'
import { syncs } from '../read/syncs.ts'
import { syncsOf } from './sync-views.ts'

/** A run that believes what it is told: its own rules are for its own spec. */
const credulous: Decider<object, RunEvent[], RunEvent> = { initial: {}, decide: (events) => events, evolve: (it) => it }
const patienceMs = 60_000
const minutes = (max: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max })

describe('pages of syncs', () => {
  let platform: Platform
  let views: Awaited<ReturnType<typeof start>>
  const start = () => startProjections(platform, { syncs })
  beforeAll(async () => {
    platform = await createMemoryPlatform()
    views = await start()
  })
  afterAll(async () => {
    await views.syncs.stop()
    await platform.close()
  })

  /** A run whose syncs were asked for in these minutes, shown when this resolves. */
  async function ask(spaceId: string, inMinutes: readonly number[]): Promise<void> {
    const runs = createCommandHandler({ ...runEvents, decider: credulous }, commandHandling(platform))
    const runId = randomUUID()
    const events = inMinutes.map((minute): RunEvent => {
      const requested = { runId, syncId: randomUUID(), account: feedAccount(), attempt: 0, requestedAt: at(minute) }
      return { type: 'SyncRequested', data: { ...requested, trigger: 'user' } }
    })
    await runs.handle({ spaceId, aggregateId: runId }, events, { commandId: runId })
    const { lastSeq } = await platform.eventLog.info('extraction')
    await views.syncs.reader.caughtUpTo(encodePosition({ extraction: lastSeq }), patienceMs)
  }

  it(
    'show each that was there at first, once and in order, whatever is asked for between them',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          minutes(15),
          fc.array(minutes(4), { maxLength: 3 }),
          fc.integer({ min: 1, max: 5 }),
          async (first, later, limit) => {
            const spaceId = randomUUID()
            await platform.keys.createSpaceKey(spaceId)
            await ask(spaceId, first)
            const of = { views: { syncs: views.syncs.reader } }
            const there = (await syncsOf(of, spaceId, { limit: 200 })).items.map(({ id }) => id)
            expect(there).toHaveLength(first.length)
            const waiting = [...later]
            const seen: string[][] = []
            for (let cursor: string | undefined; ; ) {
              const page = await syncsOf(of, spaceId, { limit, ...(cursor && { cursor }) })
              seen.push(...page.items.map(({ id, requested_at }) => [requested_at, id]))
              cursor = page.next_cursor
              if (cursor === undefined) break
              const next = waiting.shift()
              if (next !== undefined) await ask(spaceId, next)
            }
            const keys = seen.map((key) => key.join(' '))
            expect(new Set(keys).size).toBe(keys.length)
            expect(keys).toEqual(keys.toSorted().toReversed())
            const ids = seen.map(([, id]) => id)
            expect(there.filter((id) => !ids.includes(id))).toEqual([])
          },
        ),
        { numRuns: 25 },
      )
    },
    patienceMs,
  )
})
