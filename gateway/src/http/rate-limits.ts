import { DomainError } from '@pf/contracts'

/** What a request costs: reading is cheap, work that takes long is dear. */
export const costs = { read: 1, write: 4, dear: 40 } as const

/** Routes behind which is work for seconds. */
const dearRoutes = new Set([
  'POST /analytics/query',
  'POST /analytics/rebuild',
  'POST /connections/:id/sync',
  'POST /demo/advance',
  'POST /imports',
  'POST /exports',
  'GET /transactions/export',
])
/** Reads, whatever their method says: GraphQL has no mutation, and weighs by itself what it is asked. */
const readRoutes = new Set(['POST /graphql'])
/** Whoever watches over the system is never turned away. */
const uncounted = new Set(['/health', '/ready'])

export function costOf(method: string, route: string | undefined): number {
  if (route !== undefined && uncounted.has(route)) return 0
  if (dearRoutes.has(`${method} ${route}`)) return costs.dear
  const isRead = ['GET', 'HEAD', 'OPTIONS'].includes(method) || readRoutes.has(`${method} ${route}`)
  return isRead ? costs.read : costs.write
}

type Bucket = { tokens: number; atMs: number }

/**
 * Token buckets, one per caller: each holds a minute's worth and is filled steadily. Memory is bounded: the callers
 * heard of longest ago are forgotten, and a forgotten one begins with a full bucket, as it would have by then.
 */
export class RateLimit {
  readonly #perMinuteNow: () => number
  readonly #remembered: number
  readonly #now: () => number
  /** Least recently heard of first. */
  readonly #buckets = new Map<string, Bucket>()

  /** `perMinute` of 0: no limit; a function where it may change. `now`: milliseconds that only grow. */
  constructor({
    perMinute,
    remembered,
    now,
  }: { perMinute: number | (() => number); remembered: number; now: () => number }) {
    this.#perMinuteNow = typeof perMinute === 'number' ? () => perMinute : perMinute
    this.#remembered = remembered
    this.#now = now
  }

  get #perMinute(): number {
    return this.#perMinuteNow()
  }

  get remembered(): number {
    return this.#buckets.size
  }

  /** Throws `too_many_requests` with the seconds after which the same would be served. */
  take(caller: string, cost: number): void {
    if (this.#perMinute === 0 || cost === 0) return
    const bucket = this.#filled(caller)
    // Of a small limit the dear ones take a whole minute's worth.
    const price = Math.min(cost, this.#perMinute)
    const missing = price - bucket.tokens
    if (missing <= 0) {
      bucket.tokens -= price
      return
    }
    const retryAfterSeconds = Math.max(1, Math.ceil((missing * 60) / this.#perMinute))
    throw new DomainError('too_many_requests', `Too many requests came from here. Wait ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    })
  }

  #filled(caller: string): Bucket {
    const atMs = this.#now()
    const known = this.#buckets.get(caller)
    const grown =
      known === undefined ? this.#perMinute : known.tokens + ((atMs - known.atMs) * this.#perMinute) / 60_000
    const bucket = { tokens: Math.min(this.#perMinute, grown), atMs }
    this.#buckets.delete(caller)
    this.#buckets.set(caller, bucket)
    if (this.#buckets.size > this.#remembered) {
      const [oldest = ''] = this.#buckets.keys()
      this.#buckets.delete(oldest)
    }
    return bucket
  }
}
