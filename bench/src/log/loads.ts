import { type Line, quantile } from '../report.ts'
import type { House } from './house.ts'
import { sample } from './sample.ts'

const loads = 200
const perAggregate = 50

/** Loads of single aggregates of `perAggregate` events each, which lie scattered over the whole stream. */
export async function measureLoads(house: House, aggregateIds: readonly string[]): Promise<Line[]> {
  const { spaceId } = house
  const chosen = Array.from({ length: loads }, (_, n) => {
    const aggregateId = aggregateIds[Math.floor((n * aggregateIds.length) / loads)] ?? ''
    return { spaceId, aggregateId }
  })
  const { snapshot: _, ...unkept } = sample
  const timed = async (work: (at: (typeof chosen)[number]) => Promise<number>) => {
    const samples: number[] = []
    for (const at of chosen) samples.push(await work(at))
    return `${quantile(samples, 0.5).toFixed(1)} / ${quantile(samples, 0.99).toFixed(1)} ms`
  }
  const loaded = async (handler: ReturnType<House['handler']>, at: (typeof chosen)[number], expected: number) => {
    const from = performance.now()
    const { version } = await handler.load(at)
    if (version !== expected) throw new Error(`Version ${version} was loaded, ${expected} was expected.`)
    return performance.now() - from
  }
  const cold = await timed((at) => loaded(house.handler({ definition: unkept }), at, perAggregate))
  const bySnapshot = await timed((at) => loaded(house.handler(), at, perAggregate))
  const reader = house.handler()
  for (const at of chosen) await reader.load(at)
  const writer = house.handler()
  const byTail = await timed(async (at) => {
    await writer.handle(at, { n: 1 }, { commandId: 'one more' })
    return loaded(reader, at, perAggregate + 1)
  })
  return [
    {
      what: `an aggregate of ${perAggregate} events loaded by its snapshot, p50 / p99`,
      measured: bySnapshot,
      target: 'p50 ≤ 5 ms',
    },
    { what: '· known already, one event is new: by its tail', measured: byTail, target: 'p50 ≤ 5 ms' },
    { what: '· from nothing, without snapshots: all its events', measured: cold, target: '' },
  ]
}
