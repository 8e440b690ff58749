import type { Day } from './days.ts'
import { hashWords } from './random.ts'

/** Seeded trouble on the wire: on a bank day, an account's first calls of a scope may fail, the next one gets through. */
export type Weather = { seed: string; rate: number }

/** What becomes of one call. `drop`: the connection breaks. `cut`: the answer stops in the middle. */
export type Trouble = { status: number; body: string; headers: Record<string, string> } | 'drop' | 'cut' | 'slow'

const error = (status: number, type: string, summary: string, detail: string): Trouble => ({
  status,
  body: JSON.stringify({ summary, detail, type, status_code: status }),
  headers: { 'content-type': 'application/json' },
})
const resource = 'account data'

/** As the documented bodies of gocardless.md §2.5; 429 is the bank's own, until the end of its day. */
const KINDS: readonly Trouble[] = [
  error(500, 'UnknownRequestError', `Couldn't update ${resource}`, 'Request to Institution returned an error'),
  error(503, 'ServiceError', `Couldn't update ${resource}`, 'Institution service unavailable'),
  error(503, 'ConnectionError', `Couldn't update ${resource}`, "Couldn't connect to Institution"),
  { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>', headers: { 'content-type': 'text/html' } },
  { status: 409, body: JSON.stringify({ status: 'PROCESSING' }), headers: { 'content-type': 'application/json' } },
  'drop',
  'cut',
  'slow',
]
const RATE_LIMITED: Trouble = {
  ...(error(
    429,
    'RateLimitError',
    `Couldn't update ${resource}`,
    'Daily request limit set by the Institution has been exceeded.',
  ) as Exclude<Trouble, string>),
  headers: {
    'content-type': 'application/json',
    http_x_ratelimit_account_success_limit: '4',
    http_x_ratelimit_account_success_remaining: '0',
    http_x_ratelimit_account_success_reset: '21600',
  },
}

/** Never more than two in a row: a call of the day is possible, unless the bank says 429. */
const MOST_IN_A_ROW = 2

/** What becomes of the `nth` call (from 0) of an account and scope on a day; null: nothing special. */
export function troubleOf(
  { seed, rate }: Weather,
  at: { today: Day; account: string; scope: string; nth: number },
): Trouble | null {
  const { today, account, scope, nth } = at
  if (nth >= MOST_IN_A_ROW) return null
  const [chance, kind] = hashWords(`${seed}/${today}/${account}/${scope}/${nth}`)
  if (chance / 2 ** 32 >= rate) return null
  if (kind % 12 === 0) return RATE_LIMITED
  return KINDS[kind % KINDS.length] ?? null
}
