import { type Lease, type Leases, systemTiming } from '@pf/eventing'
import { createMemoryLeases } from '@pf/eventing/memory'
import { eventually } from '@pf/eventing/testing'
import { leaseShards } from './shards.ts'

/** Waiting is as fast as it can be, and shards are asked for in their order. */
const timing = { random: () => 0, wait: (ms: number, signal?: AbortSignal) => systemTiming.wait(ms / 100, signal) }

describe('the shards of a service', () => {
  const running: { stop(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop()
  })

  function replica(leases: Leases, hold: (shard: string) => Promise<void> = async () => undefined) {
    const log: string[] = []
    const shards = leaseShards({
      name: 'analytics',
      count: 4,
      leases,
      timing,
      onError: (error, shard) => log.push(`${shard} failed: ${error instanceof Error ? error.message : error}`),
      async hold(shard) {
        await hold(shard)
        log.push(`${shard} starts`)
        return { stop: async () => void log.push(`${shard} stops`) }
      },
    })
    running.push(shards)
    return { shards, log }
  }

  it('are all held by one that is alone', async () => {
    const { shards } = replica(createMemoryLeases())
    await shards.settled()
    expect([...shards.held].sort()).toEqual(['0', '1', '2', '3'])
  })

  it('are each held by one replica at a time, and pass to another when it stops', async () => {
    const leases = createMemoryLeases()
    const [a, b] = [replica(leases), replica(leases)]
    await eventually(() => expect(a.shards.held.size + b.shards.held.size).toBe(4), 30_000)
    expect([...a.shards.held, ...b.shards.held].sort()).toEqual(['0', '1', '2', '3'])
    await a.shards.stop()
    await eventually(() => expect(b.shards.held.size).toBe(4), 30_000)
    expect(a.log.filter((line) => line.endsWith('stops'))).toHaveLength(a.log.length / 2)
  })

  it('stop what they covered when their lease is lost, and are asked for again', async () => {
    const leases = createMemoryLeases()
    const given: AbortController[] = []
    const losing: Leases = {
      async acquire(name, signal): Promise<Lease> {
        const lease = await leases.acquire(name, signal)
        const lost = new AbortController()
        given.push(lost)
        return { ...lease, lost: lost.signal }
      },
    }
    const { shards, log } = replica(losing)
    await shards.settled()
    given[0]?.abort()
    const ofShard = () => log.filter((line) => line.startsWith('0'))
    await eventually(() => expect(ofShard()).toEqual(['0 starts', '0 stops', '0 starts']), 30_000)
  })

  it('are given back where what they cover does not start, and tried again', async () => {
    let failures = 2
    const { shards, log } = replica(createMemoryLeases(), async (shard) => {
      if (shard === '2' && failures-- > 0) throw new Error('not yet')
    })
    await eventually(() => expect(shards.held.size).toBe(4), 30_000)
    expect(log.filter((line) => line.startsWith('2'))).toEqual(['2 failed: not yet', '2 failed: not yet', '2 starts'])
  })
})
