import type { Day } from './days.ts'
import type { FaultAnswer, FaultKind } from './documented-faults.ts'
import { hashWords } from './random.ts'

/** Seeded trouble on the wire: on a bank day, an account's first calls of a scope may fail, the next one gets through. */
export type Weather = { seed: string; rate: number }

/** What becomes of one call: a documented failure, and what of it is different here. */
export type Trouble = { kind: FaultKind } & Partial<Pick<FaultAnswer, 'headers' | 'delayMs'>>

const KINDS: readonly Trouble[] = [
  { kind: 'bank_error' },
  { kind: 'bank_unavailable' },
  { kind: 'bank_unreachable' },
  { kind: 'html_502' },
  { kind: 'account_processing' },
  { kind: 'reset' },
  { kind: 'truncated' },
  { kind: 'slow', delayMs: 300 },
]
/** The bank's own limit holds until a quarter of its day has passed. */
export const RATE_LIMITED_SECONDS = 21_600
const RATE_LIMITED: Trouble = {
  kind: 'bank_rate_limited',
  headers: {
    http_x_ratelimit_account_success_limit: '4',
    http_x_ratelimit_account_success_remaining: '0',
    http_x_ratelimit_account_success_reset: String(RATE_LIMITED_SECONDS),
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
