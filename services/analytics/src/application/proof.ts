import { Rest } from '@pf/contracts'
import type { Gap, Suspect } from '../domain/gap.ts'
import { moneyOf } from '../domain/money.ts'
import { rankSuspects } from '../domain/suspects.ts'
import { accountNotFound, knownAccount, textOrNull } from './accounts.ts'
import { asOf } from './as-of.ts'
import type { MartReads, Query, Row } from './ports.ts'
import { evidenceOf, type Interval } from './proof-evidence.ts'

type Asked = { accountId: string; from?: string; to?: string }
type Bounds = { maxRows: number; maxGapsExplained: number }

/**
 * Between each two statements of a balance whether its rows explain it, oldest first, with suspects for the newest gaps.
 * Throws `account_not_found`.
 */
export async function accountProof(
  registry: MartReads,
  spaceId: string,
  { accountId, from, to }: Asked,
  bounds: Bounds,
): Promise<Rest.ProofAnswer> {
  const answer = await registry.read(spaceId, async (ask) => {
    await knownAccount(ask, accountId)
    const days = { account: accountId, from: from ?? null, to: to ?? null, most: bounds.maxRows }
    const rows = (await ask(intervalsSql, days)).reverse()
    const explained = new Set(rows.filter(isGap).slice(-bounds.maxGapsExplained))
    const items: Rest.ProofInterval[] = []
    for (const row of rows) items.push(intervalOf(row, explained.has(row) ? await suspectsOf(ask, row) : []))
    return { items, as_of: await asOf(ask) }
  })
  if (answer === undefined) throw accountNotFound()
  return answer
}

// Days between two statements are those after the first up to the second. Newest first, so that a bound leaves those out
// that nobody looks at.
const intervalsSql = `
  select
    account_id, balance_kind, currency, cast(from_date as varchar) as from_date, cast(to_date as varchar) as to_date,
    from_at, to_at, from_fetched_at, to_fetched_at, opening_minor, movements_minor, movement_rows, closing_minor,
    difference_minor, unexplained_minor, status, reason, late_fetched_at, is_last
  from mart.main.fct_balance_proof
  where
    account_id = $account
    and ($from is null or to_date >= cast($from as date))
    and ($to is null or least(from_date + 1, to_date) <= cast($to as date))
  order by to_at desc, balance_kind
  limit $most`

/** A gap that another balance narrows is explained there. */
const isGap = (row: Row): boolean => row['status'] === 'gap' && row['reason'] !== 'narrowed'

async function suspectsOf(ask: Query, row: Row): Promise<Rest.ProofSuspect[]> {
  const interval: Interval = {
    accountId: String(row['account_id']),
    currency: String(row['currency']),
    byDay: row['balance_kind'] === 'closing',
    fromDate: String(row['from_date']),
    toDate: String(row['to_date']),
    fromFetchedAt: instantOf(row['from_fetched_at']),
    toFetchedAt: instantOf(row['to_fetched_at']),
    lateFetchedAt: instantOf(row['late_fetched_at'] ?? row['to_fetched_at']),
    differenceMinor: minorOf(row['unexplained_minor']),
  }
  const gap: Gap = { ...interval, isLast: row['is_last'] === true }
  return rankSuspects(gap, await evidenceOf(ask, interval)).map((suspect) => suspectOf(suspect, interval.currency))
}

const suspectOf = (
  { kind, amountMinor, transactionIds, heldId, expectedMinor, because }: Suspect,
  currency: string,
): Rest.ProofSuspect => ({
  kind,
  amount: moneyOf(amountMinor, currency),
  transaction_ids: [...transactionIds],
  held_id: heldId ?? null,
  expected: expectedMinor === undefined ? null : moneyOf(expectedMinor, currency),
  because,
})

function intervalOf(row: Row, suspects: Rest.ProofSuspect[]): Rest.ProofInterval {
  const currency = String(row['currency'])
  const money = (name: string) => moneyOf(minorOf(row[`${name}_minor`]), currency)
  return {
    balance: Rest.proofBalances.find((kind) => kind === row['balance_kind']) ?? 'information',
    from: instantOf(row['from_at']),
    to: instantOf(row['to_at']),
    from_date: String(row['from_date']),
    to_date: String(row['to_date']),
    opening: money('opening'),
    movements: money('movements'),
    rows: Number(row['movement_rows']),
    closing: money('closing'),
    difference: money('difference'),
    unexplained: money('unexplained'),
    status: statusOf(row['status']),
    reason: textOrNull(row['reason']),
    suspects,
  }
}

const statusOf = (value: unknown): Rest.Account['proof']['status'] =>
  value === 'verified' || value === 'gap' ? value : 'unverified'

const minorOf = (value: unknown): bigint => BigInt(String(value))

function instantOf(value: unknown): string {
  if (!(value instanceof Date)) throw new Error(`A moment was expected in the proof; found ${typeof value}.`)
  return value.toISOString()
}
