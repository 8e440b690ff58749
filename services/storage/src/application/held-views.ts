import { type InputOf, type Rest, refuse, type requests } from '@pf/contracts'
import { formatAmount } from '@pf/providers/rules'
import type { HeldWord } from '../domain/held-rows.ts'
import type { KnownRow } from '../domain/known-rows.ts'
import type { HeldLakeRow } from '../domain/lake.ts'
import { dayBefore, daysBetween } from '../domain/ledger-plan.ts'
import { byPayment } from '../domain/user-words.ts'
import { accountsOf } from './accounts-of.ts'
import { heldPage } from './held-page.ts'
import type { Parts } from './parts.ts'
import { type Account, type Present, presentOf } from './present.ts'
import { statedRow } from './stated-row.ts'

type Asked = InputOf<typeof requests.storage.held>
type Found = { account: Account; present: Present; row: HeldLakeRow }

const defaultLimit = 50
const candidateDays = 7
const maxCandidates = 5

/** The reason in words, and what can be done. */
const details: Readonly<Record<string, string>> = {
  amount_ambiguous:
    'A comma before three digits can be a decimal mark or a thousands mark. Say the amount, or leave the row out.',
  amount_precision:
    'The amount has more decimals than its currency. Say the amount as it was charged, or leave the row out.',
  amount_unparsable: 'There is no amount that can be read. Say it, or leave the row out.',
  currency_invalid: 'The currency is none. Say the amount with its currency, or leave the row out.',
  no_date: 'The row has no day. Say when it was booked, or leave the row out.',
  row_unreadable: 'The row is not what the source promises. Say its day and amount, or leave it out.',
  payload_unreadable: 'The whole answer cannot be read. It is kept; nothing else can be done with it here.',
  sources_differ:
    'Another source covers this day and does not have this payment. Accept it, say which payment it is, or leave it out.',
}

/** Newest first, in pages that stay right while rows come and are decided. Throws invalid_input for a cursor that is none. */
export async function heldOf(
  parts: Parts,
  spaceId: string,
  { account_id, decided = false, limit = defaultLimit, cursor }: Asked,
): Promise<{ items: Rest.HeldItem[]; next_cursor?: string }> {
  const accounts = await accountsOf(parts, spaceId, account_id)
  const found = await Promise.all(accounts.map((account) => heldIn(account, parts)))
  const all = found.flat().filter(({ present, row }) => decided === (present.ledger.words[row.held_id] !== undefined))
  const { page, next } = heldPage(all, { limit, cursor })
  const items = await Promise.all(page.map((one) => heldItem(one, parts)))
  return { items, ...(next === undefined ? {} : { next_cursor: next }) }
}

async function heldIn(account: Account, parts: Parts): Promise<Found[]> {
  const present = await presentOf(account, parts)
  return [...present.held.values()].map((row) => ({ account, present, row }))
}

/** Throws held_not_found, also for another space's. */
export async function findHeld(parts: Parts, spaceId: string, heldId: string): Promise<Found> {
  for (const account of await accountsOf(parts, spaceId)) {
    const present = await presentOf(account, parts)
    const row = present.held.get(heldId)
    if (row !== undefined) return { account, present, row }
  }
  throw refuse('held_not_found', 'There is no such row. GET /held lists those that wait for you.')
}

export async function heldItem({ account, present, row }: Found, parts: Parts): Promise<Rest.HeldItem> {
  const word: HeldWord | undefined = present.ledger.words[row.held_id]
  const verdicts = verdictsOf(row)
  return {
    id: row.held_id,
    account_id: account.accountId,
    source: row.source,
    section: row.section,
    reason: row.reason,
    detail: details[row.reason] ?? 'This row could not be understood.',
    first_seen: row.observed_at,
    payload: (await statedRow(account, row, present.ledger, parts)).raw,
    read: {
      date: row.date,
      amount:
        row.amount_minor === null || row.currency === null
          ? null
          : { amount: formatAmount(row.amount_minor, row.currency), currency: row.currency },
      description: row.description,
    },
    verdicts,
    candidates: verdicts.includes('same') ? candidatesFor(row, present) : [],
    decision:
      word === undefined
        ? null
        : { verdict: word.verdict, transaction_id: word.transactionId ?? null, decided_at: word.decidedAt },
  }
}

/** Of a whole answer nobody can make a payment. */
export const verdictsOf = (row: HeldLakeRow): Rest.HeldItem['verdicts'] =>
  row.section === 'balances' ? ['dismiss'] : ['accept', 'dismiss', 'same']

/** Payments near its day, equal amounts first: those that it may say again. */
function candidatesFor({ date, amount_minor, currency, source }: HeldLakeRow, { rows }: Present): string[] {
  if (date === null) return []
  const near = rows
    .since(dayBefore(date, candidateDays))
    .filter((row) => daysBetween(row.date, date) <= candidateDays && (currency === null || row.currency === currency))
  const told = new Set(near.filter((row) => row.source === source).map((row) => row.transactionId))
  const unlike = (row: KnownRow) => (amount_minor === null || row.amountMinor === amount_minor ? 0 : 1)
  return [...byPayment(near).keys()]
    .flatMap((id) => near.find((row) => row.transactionId === id && !row.linked) ?? [])
    .filter((row) => !told.has(row.transactionId))
    .sort((a, b) => unlike(a) - unlike(b) || daysBetween(a.date, date) - daysBetween(b.date, date))
    .slice(0, maxCandidates)
    .map((row) => row.transactionId)
}
