import type { Lease, Leases, Running, Timing } from '@pf/eventing'

export type ShardsParts = {
  /** Of the service. */
  name: string
  /** How many there are, the same for every replica: another number is another set of shards. */
  count: number
  leases: Leases
  timing: Timing
  /** What runs while the shard is ours. A failure gives the shard back and tries again. */
  hold(shard: string): Promise<Running>
  onError(error: unknown, shard: string): void
}

export type HeldShards = Running & {
  readonly held: ReadonlySet<string>
  /** Resolves when all shards are held, or others evidently hold some of them. */
  settled(): Promise<void>
}

/** Replicas that start together each get some: the n-th shard is asked for so much later. */
const spreadMs = 2_000
const stepMs = 250
/** A start does not wait any longer for shards that others hold. */
const settleMs = 1_000
const retryMs = 1_000

/**
 * Every shard is held by one replica at a time; the others wait for it. What is lost with its lease stops here and is
 * asked for again.
 */
export function leaseShards({ name, count, leases, timing, hold, onError }: ShardsParts): HeldShards {
  const stopping = new AbortController()
  const held = new Set<string>()
  const step = Math.min(stepMs, spreadMs / count)
  const firsts = Array.from({ length: count }, () => Promise.withResolvers<void>())

  async function serve(shard: string, lease: Lease): Promise<void> {
    const running = await hold(shard)
    held.add(shard)
    firsts[Number(shard)]?.resolve()
    try {
      await aborted(AbortSignal.any([stopping.signal, lease.lost]))
    } finally {
      held.delete(shard)
      await running.stop()
    }
  }

  async function follow(shard: string, delayMs: number): Promise<void> {
    await timing.wait(delayMs, stopping.signal)
    while (!stopping.signal.aborted) {
      let lease: Lease | undefined
      try {
        lease = await leases.acquire(`${name} shard ${shard} of ${count}`, stopping.signal)
        await serve(shard, lease)
      } catch (error) {
        if (stopping.signal.aborted) return
        onError(error, shard)
        await timing.wait(retryMs, stopping.signal)
      } finally {
        await lease?.release()
      }
    }
  }

  const following = shuffled(count, timing).map((shard, n) => follow(String(shard), n * step))
  return {
    held,
    async settled() {
      const all = Promise.all(firsts.map(({ promise }) => promise)).then(() => undefined)
      await Promise.race([all, timing.wait(step * count + settleMs, stopping.signal)])
    },
    async stop() {
      stopping.abort(new Error('The service is stopping.'))
      await Promise.all(following)
    },
  }
}

function shuffled(count: number, timing: Timing): number[] {
  return Array.from({ length: count }, (_, shard) => ({ shard, at: timing.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ shard }) => shard)
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
