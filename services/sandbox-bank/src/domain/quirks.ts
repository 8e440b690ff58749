import { type Day, textOfDay } from './days.ts'
import { type BankAccount, bookedRow, type Payment, pendingRow, type RowIds, type WireRow } from './payment.ts'
import { hashWords, hexOf } from './random.ts'

/**
 * A bank's bad habits (gocardless.md §5), seeded: what the wire shows differs from day to day while the truth stays the truth.
 * They begin with what is booked on `from`, so that the history before is plain.
 */
export type Quirks = { seed: string; from: Day }

/** So many of a hundred rows have each habit. */
const SHARES = { twice: 10, nameless: 12, redated: 12, reissued: 12 }
/** Days after it was booked on which a row gets its true day, and other ids with other words. */
const REDATED_FOR = 2
const REISSUED_AFTER = 3
/** Days after `from` on which all ids of the accounts of this kind change at once. */
const IDS_CHANGE: Readonly<Partial<Record<BankAccount['kind'], number>>> = { CARD: 12, CACC: 20 }

type Shown = { booked: readonly Payment[]; pending: readonly Payment[] }

/** The day under which a booked row is shown: for its first days some stand under the day before. */
export function shownDay(payment: Payment, account: BankAccount, today: Day, quirks: Quirks | undefined): Day {
  const early =
    quirks !== undefined && has('redated', payment, account, quirks) && today < payment.postedDay + REDATED_FOR
  return early ? payment.bookingDay - 1 : payment.bookingDay
}

/** What the wire says of these payments today, habits and planted rows included. */
export function quirkedRows(
  { booked, pending }: Shown,
  account: BankAccount,
  within: { today: Day; from: Day; to: Day },
  ids: RowIds,
  quirks: Quirks,
): { booked: unknown[]; pending: WireRow[] } {
  const { today } = within
  const changed = today >= quirks.from + (IDS_CHANGE[account.kind] ?? Number.POSITIVE_INFINITY)
  const era = changed ? reseeded(ids, quirks, 'changed') : ids
  const rows = booked.flatMap((payment) => {
    const row = habitual(payment, account, { today, ids: era }, quirks)
    return has('twice', payment, account, quirks) ? [row, { ...row }] : [row]
  })
  return {
    booked: [...planted(account, within, quirks).map(({ row }) => row), ...rows],
    // A pending row has another id every day.
    pending: pending.map((payment) => pendingRow(payment, account.currency, reseeded(ids, quirks, `pending/${today}`))),
  }
}

function habitual(
  payment: Payment,
  account: BankAccount,
  { today, ids }: { today: Day; ids: RowIds },
  quirks: Quirks,
): WireRow {
  const again = has('reissued', payment, account, quirks) && today >= payment.postedDay + REISSUED_AFTER
  const dated = { ...payment, bookingDay: shownDay(payment, account, today, quirks) }
  const named = has('nameless', payment, account, quirks) ? { ...dated, ids: 'none' as const } : dated
  const row = bookedRow(named, account.currency, again ? reseeded(ids, quirks, 'reissued') : ids)
  const text = row.remittanceInformationUnstructured
  return again && text !== undefined ? { ...row, remittanceInformationUnstructured: `CARD PURCHASE ${text}` } : row
}

function has(habit: keyof typeof SHARES, payment: Payment, { key }: Pick<BankAccount, 'key'>, quirks: Quirks): boolean {
  if (payment.postedDay < quirks.from) return false
  // Of two equal rows without ids nobody could tell whether they are one.
  const isNameless = payment.ids === 'none' || (habit === 'twice' && has('nameless', payment, { key }, quirks))
  if (habit === 'twice' && isNameless) return false
  const [word] = hashWords(`${quirks.seed}/${key}/${payment.index}/${habit}`)
  return word % 100 < SHARES[habit]
}

function reseeded(ids: RowIds, { seed }: Quirks, era: string): RowIds {
  const words = (name: string, of: RowIds[keyof RowIds]) => hashWords(`${seed}/${era}/${name}/${of.join('.')}`)
  return {
    first: words('first', ids.first),
    second: words('second', ids.second),
    internal: words('internal', ids.internal),
  }
}

/** Rows that no rule can read, for which a person has to speak. They are not in the balance. */
const PLANTED: readonly {
  kind: BankAccount['kind']
  after: number
  reason: string
  spoil: (row: WireRow) => unknown
}[] = [
  {
    kind: 'CACC',
    after: 4,
    reason: 'amount_ambiguous',
    spoil: (row) => ({ ...row, transactionAmount: { ...row.transactionAmount, amount: '-1,234' } }),
  },
  {
    kind: 'CARD',
    after: 9,
    reason: 'no_date',
    spoil: ({ bookingDate: _, valueDate: __, ...row }) => row,
  },
  {
    kind: 'SVGS',
    after: 15,
    reason: 'currency_invalid',
    spoil: (row) => ({ ...row, transactionAmount: { ...row.transactionAmount, currency: 'STERLING' } }),
  },
]
/** A row without a day is in no window: it is shown for so long. */
const UNDATED_FOR = 20

type Planted = { date: string | null; reason: string; row: unknown }

/** The planted rows that the wire shows in this window. */
function planted(
  account: BankAccount,
  { today, from, to }: { today: Day; from: Day; to: Day },
  quirks: Quirks,
): Planted[] {
  return doubtfulRows(account, today, quirks).filter(({ day, date }) =>
    date === null ? today < day + UNDATED_FOR : day >= from && day <= to,
  )
}

/** The planted rows so far: what has to wait for a person, and nothing else. */
export function doubtfulRows(account: BankAccount, today: Day, quirks: Quirks): (Planted & { day: Day })[] {
  return PLANTED.flatMap(({ kind, after, reason, spoil }) => {
    const day = quirks.from + after
    if (kind !== account.kind || today < day) return []
    const id = hexOf(hashWords(`${quirks.seed}/${account.key}/planted/${reason}`), after)
    const row = spoil({
      transactionId: id.slice(0, 24),
      internalTransactionId: id,
      bookingDate: textOfDay(day),
      valueDate: textOfDay(day),
      transactionAmount: { amount: '-12.34', currency: account.currency },
      remittanceInformationUnstructured: 'UNREADABLE AT THE BANK',
    })
    return [{ day, date: reason === 'no_date' ? null : textOfDay(day), reason, row }]
  })
}
