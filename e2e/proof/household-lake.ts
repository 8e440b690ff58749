import type { Payload } from '@pf/providers/rules'
import {
  type BankAccount,
  bookedRow,
  type Day,
  dayOfText,
  pendingRow,
  type Rng,
  type RowIds,
  rngOf,
  rowIdsOf,
  textOfDay,
  viewOf,
  worldOf,
} from '@pf/sandbox-bank/world'
import {
  type AccountRow,
  type BalanceRow,
  type DecisionRow,
  ledgerInMemory,
  type ObservationRow,
} from '@pf/storage/testing'

/** One account's part of a lake, as storage would have written it. */
export type AccountLake = {
  accountId: string
  account: AccountRow
  observations: ObservationRow[]
  decisions: DecisionRow[]
  balances: BalanceRow[]
  /** The day on which the bank booked a row, by the bank's own id of it. */
  bookedOn: ReadonlyMap<string, string>
}

/** Days of history that the first fetch asks for, and days of nightly fetches after it. */
const historyDays = 150
const nights = 45
/** Households live one after another, so that none meets another's transfers. */
const lifeDays = 250
const overlapDays = 14
const firstDay = dayOfText('2026-01-10') as Day

/** `rows` and `balance`: the bank's day when each of the two calls was made. */
type Fetch = { rows: Day; rowsAt: string; balance: Day | null; balanceAt: string }

/**
 * A household of the sandbox bank, fetched every night by the real rules: rows pending and then booked, re-dated, under
 * new ids, booked late. Some nights nothing is fetched, some the balances fail, and some the bank's day ends between the two
 * calls, so that the balance holds rows that the answer did not.
 */
export function householdLake(seed: string, place: number): AccountLake[] {
  const asOf = firstDay + place * lifeDays
  const fetches = fetchesOf(rngOf(`${seed}/fetches`), asOf)
  return worldOf({ scenario: 'household', seed, asOf }).map((account) => accountLake(account, seed, fetches))
}

function fetchesOf(rng: Rng, asOf: Day): Fetch[] {
  const fetches: Fetch[] = []
  for (let night = 0; night <= nights; night++) {
    const day = asOf + night
    const settled = night === 0 || night === nights
    if (!settled && rng.chance(0.05)) continue
    const minute = String(rng.int(10, 59))
    const failed = !settled && rng.chance(0.05)
    const at = (second: string) => `${textOfDay(day)}T03:${minute}:${second}.000Z`
    fetches.push({ rows: day, rowsAt: at('00'), balance: failed ? null : day, balanceAt: at('04') })
    if (settled || !rng.chance(0.04)) continue
    const [rowsAt, balanceAt] = [`${textOfDay(day)}T23:59:58.000Z`, `${textOfDay(day + 1)}T00:00:02.000Z`]
    fetches.push({ rows: day, rowsAt, balance: day + 1, balanceAt })
  }
  return fetches
}

function accountLake(account: BankAccount, seed: string, fetches: readonly Fetch[]): AccountLake {
  const place = { spaceId: 'proof', accountId: `${seed}-${account.key}` }
  const shared = { ...place, institutionId: account.institutionId, currency: account.currency, timeZone: 'UTC' }
  const ledger = ledgerInMemory(shared)
  const lake: AccountLake = {
    accountId: place.accountId,
    account: accountRow(account, place),
    observations: [],
    decisions: [],
    balances: [],
    bookedOn: bookedOnOf(account, seed, fetches.at(-1)!.rows),
  }
  const ids = rowIdsOf(seed, account.key)
  const payments = account.payments(fetches.at(-1)!.rows)
  for (const [index, fetch] of fetches.entries()) {
    const from = fetch.rows - (index === 0 ? historyDays : overlapDays)
    const plan = ledger.take({
      payload: payloadOf({ ...account, payments: () => payments }, ids, from, fetch.rows),
      window: { from: textOfDay(from), to: textOfDay(fetch.rows) },
      fetchedAt: fetch.rowsAt,
      bankNow: fetch.rowsAt,
    })
    lake.observations.push(...plan.observations)
    lake.decisions.push(...plan.decisions)
    if (fetch.balance !== null) lake.balances.push(balanceRow(account, place.accountId, fetch.balance, fetch.balanceAt))
  }
  return lake
}

function bookedOnOf(account: BankAccount, seed: string, until: Day): Map<string, string> {
  const ids = rowIdsOf(seed, account.key)
  const named = account.payments(until).flatMap((payment) => {
    const id = bookedRow(payment, account.currency, ids).internalTransactionId
    return id === undefined ? [] : [[id, textOfDay(payment.postedDay)] as const]
  })
  return new Map(named)
}

/** The rows of a window, as the sandbox bank words them; its whole view of two years takes too long for so many nights. */
function payloadOf(account: BankAccount, ids: RowIds, from: Day, today: Day): Payload {
  const recent = account.payments(today).filter(({ bookingDay }) => bookingDay >= from)
  const { booked, pending } = viewOf({ ...account, payments: () => recent }, today)
  return {
    transactions: {
      booked: booked
        .filter(({ bookingDay }) => bookingDay <= today)
        .map((row) => bookedRow(row, account.currency, ids)),
      pending: pending.map((row) => pendingRow(row, account.currency, ids)),
    },
  } as Payload
}

function balanceRow(account: BankAccount, accountId: string, day: Day, at: string): BalanceRow {
  const bookedMinor = account
    .payments(day)
    .reduce((sum, { postedDay, amountMinor }) => (postedDay <= day ? sum + amountMinor : sum), account.openingMinor)
  return {
    account_id: accountId,
    sync_id: '',
    fetched_at: at,
    bank_now: at,
    balance_type: 'interimBooked',
    amount_minor: BigInt(bookedMinor),
    amount: BigInt(bookedMinor) * 100n,
    currency: account.currency,
    reference_date: textOfDay(day),
    last_change_at: null,
    credit_limit_included: false,
  }
}

function accountRow(account: BankAccount, { spaceId, accountId }: { spaceId: string; accountId: string }): AccountRow {
  return {
    space_id: spaceId,
    account_id: accountId,
    connection_id: accountId,
    described_at: '2026-01-01T00:00:00.000Z',
    name: account.name,
    kind: account.kind === 'CARD' ? 'card' : account.kind === 'SVGS' ? 'savings' : 'current',
    currency: account.currency,
    iban_masked: null,
    institution_id: account.institutionId,
    institution_name: 'Sandbox Finance',
    institution_logo: '',
    provider: 'sandbox',
    provider_account_id: accountId,
    time_zone: 'UTC',
    demo: true,
    raw_key: '',
    raw_sha256: '',
  }
}
