import { dayOfCivil, textOfDay } from './days.ts'
import { householdAccounts } from './household.ts'
import { type BankAccount, rowIdsOf, viewOf, type WireRow } from './payment.ts'
import { doubtfulRows, type Quirks, quirkedRows, shownDay } from './quirks.ts'

const from = dayOfCivil(2026, 11, 1)
const quirks: Quirks = { seed: 'q', from }
const accounts = householdAccounts('demo', from)
const shown = (account: BankAccount, today: number, seed = 'q') => {
  const view = viewOf(account, today)
  const within = { today, from: today - 90, to: today }
  return quirkedRows(view, account, within, rowIdsOf('demo', account.key), { ...quirks, seed }) as {
    booked: Partial<WireRow>[]
    pending: WireRow[]
  }
}
const tell = (day: string, amount: string) => `${day} ${amount}`
const last = from + 30

describe('a bank with bad habits', () => {
  it('shows the same on the same day, for ever, and something else under another seed', () => {
    for (const account of accounts) expect(shown(account, last)).toEqual(shown(account, last))
    expect(accounts.map((account) => shown(account, last))).not.toEqual(
      accounts.map((account) => shown(account, last, 'r')),
    )
  })

  it.each(accounts.map((account) => [account.key, account] as const))(
    'tells of %s every true row once, besides what it says twice under one id and what was planted',
    (_, account) => {
      const planted = doubtfulRows(account, last, quirks).map(({ row }) => JSON.stringify(row))
      const ids = new Set<string>()
      const once = shown(account, last).booked.filter((row) => {
        if (planted.includes(JSON.stringify(row))) return false
        const { internalTransactionId: id } = row
        const again = id !== undefined && ids.has(id)
        if (id !== undefined) ids.add(id)
        return !again
      })
      const truth = viewOf(account, last).booked.filter(({ bookingDay }) => bookingDay > last - 60)
      const told = once.filter((row) => (row.bookingDate ?? '') > textOfDay(last - 60))
      expect(told.map((row) => tell(row.bookingDate ?? '', row.transactionAmount?.amount ?? '')).sort()).toEqual(
        truth
          .map((row) => tell(textOfDay(shownDay(row, account, last, quirks)), (row.amountMinor / 100).toFixed(2)))
          .sort(),
      )
    },
  )

  it('has each habit in a month, and every planted row', () => {
    const rows = accounts.flatMap((account) =>
      shown(account, last).booked.filter((row) => (row.bookingDate ?? '') > '2026-11-02'),
    )
    const ids = rows.flatMap((row) => row.internalTransactionId ?? [])
    expect(rows.some((row) => row.transactionId === undefined)).toBe(true)
    expect(new Set(ids).size).toBeLessThan(ids.length)
    expect(rows.some((row) => row.remittanceInformationUnstructured?.startsWith('CARD PURCHASE'))).toBe(true)
    expect(
      accounts
        .flatMap((account) => doubtfulRows(account, last, quirks))
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['amount_ambiguous', 'currency_invalid', 'no_date'])
  })

  it('leaves the history before it began as it was', () => {
    const [account] = accounts as [BankAccount]
    const before = (rows: Partial<WireRow>[]) => rows.filter((row) => (row.bookingDate ?? '9') < '2026-10-20')
    expect(before(shown(account, from).booked)).toEqual(before(shown(account, from, 'r').booked))
  })
})
