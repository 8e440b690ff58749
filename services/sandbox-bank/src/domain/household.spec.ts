import { dayOfCivil } from './days.ts'
import { SUBSCRIPTIONS } from './household-life.ts'
import { ibanHolds } from './iban.ts'
import { type BankAccount, bookedRow, type Payment, pendingRow, rowIdsOf, viewOf } from './payment.ts'
import { worldOf } from './world.ts'

const asOf = dayOfCivil(2026, 11, 22)
const household = (seed = 'demo') => {
  const [current, savings, card] = worldOf({ scenario: 'household', seed, asOf }) as [
    BankAccount,
    BankAccount,
    BankAccount,
  ]
  return { current, savings, card, all: [current, savings, card] }
}
const bookedBy = (account: BankAccount, day = asOf) => viewOf(account, day).booked
const bytes = (account: BankAccount, day: number) => {
  const ids = rowIdsOf('demo', account.key)
  const { booked, pending, bookedMinor } = viewOf(account, day)
  const rows = [booked.map((p) => bookedRow(p, 'GBP', ids)), pending.map((p) => pendingRow(p, 'GBP', ids))]
  return JSON.stringify([rows, bookedMinor])
}

describe('the household, two years in', () => {
  const { current, savings, card, all } = household()

  it('has at least 900 booked rows, none older than one consent may ask for', () => {
    const rows = all.flatMap((account) => bookedBy(account))
    expect(rows.length).toBeGreaterThanOrEqual(900)
    expect(Math.min(...rows.map(({ bookingDay }) => bookingDay))).toBeGreaterThanOrEqual(asOf - 729)
  })

  it('has two salaries in each whole month', () => {
    const pay = bookedBy(current).filter(
      ({ code, bookingDay }) => code === 'BGC' && bookingDay >= dayOfCivil(2024, 12, 1),
    )
    expect(pay.filter(({ bookingDay }) => bookingDay < dayOfCivil(2026, 11, 1))).toHaveLength(46)
  })

  it('moves money to savings 24 times and repays the card each month, both legs to the penny within a day', () => {
    const legs = (out: Payment[], back: Payment[]) => {
      const pairs = out.map((leg) =>
        back.filter((o) => o.amountMinor === -leg.amountMinor && Math.abs(o.postedDay - leg.postedDay) <= 1),
      )
      expect(pairs.every((found) => found.length === 1)).toBe(true)
      return out.length
    }
    const out = (text: string) => bookedBy(current).filter((row) => row.text === text)
    expect(legs(out('TO RAINY DAY SAVINGS'), bookedBy(savings))).toBe(24)
    expect(legs(out('SANDBOX CREDIT CARD'), bookedBy(card))).toBe(24)
  })

  it('pays six subscriptions, two of which changed their price', () => {
    const prices = SUBSCRIPTIONS.map(({ text }) => {
      const rows = bookedBy(card).filter((row) => row.text === text)
      expect(rows.length).toBeGreaterThanOrEqual(23)
      return new Set(rows.map(({ amountMinor }) => amountMinor)).size
    })
    expect(prices).toHaveLength(6)
    expect(prices.filter((count) => count === 2)).toHaveLength(2)
    expect(prices.filter((count) => count === 1)).toHaveLength(4)
  })

  it('got three refunds, each of something bought before', () => {
    const rows = bookedBy(card)
    const refunds = rows.filter(({ code }) => code === 'REF')
    expect(refunds).toHaveLength(3)
    for (const refund of refunds) {
      const bought = rows.some((row) => `REFUND ${row.text}` === refund.text && row.amountMinor === -refund.amountMinor)
      expect(bought).toBe(true)
    }
  })

  it('bought the same thing twice on one day, each with ids of its own', () => {
    const twins = bookedBy(card).filter(({ text, amountMinor, bookingDay }) => {
      return text === 'KETTLE & BEAN' && amountMinor === -360 && bookingDay === dayOfCivil(2025, 5, 14)
    })
    const ids = rowIdsOf('demo', 'card')
    const rows = twins.map((payment) => bookedRow(payment, 'GBP', ids))
    expect(rows).toHaveLength(2)
    expect(new Set(rows.map(({ transactionId }) => transactionId)).size).toBe(2)
    expect(new Set(rows.map(({ internalTransactionId }) => internalTransactionId)).size).toBe(2)
  })

  it('has one row without any id', () => {
    const nameless = all.flatMap((account) => bookedBy(account)).filter(({ ids }) => ids === 'none')
    expect(nameless).toHaveLength(1)
    const row = bookedRow(nameless[0] as Payment, 'GBP', rowIdsOf('demo', 'current'))
    expect(row).not.toHaveProperty('transactionId')
    expect(row).not.toHaveProperty('internalTransactionId')
  })

  it('repeats no id but those of one row', () => {
    for (const account of all) {
      const rows = bookedBy(account, asOf + 400).map((payment) =>
        bookedRow(payment, 'GBP', rowIdsOf('demo', account.key)),
      )
      for (const name of ['transactionId', 'internalTransactionId'] as const) {
        const ids = rows.map((row) => row[name]).filter((id) => id !== undefined)
        expect(new Set(ids).size).toBe(ids.length)
      }
    }
  })

  it('gives accounts whose IBANs hold, and a card without one', () => {
    expect(all.map(({ iban }) => iban !== null && ibanHolds(iban))).toEqual([true, true, false])
    expect(all.map(({ kind }) => kind)).toEqual(['CACC', 'SVGS', 'CARD'])
  })
})

describe('a pending card payment', () => {
  it('books one to three days later, some under another day, some under another id', () => {
    const rows = bookedBy(household().card, asOf + 365).filter(({ pendingFrom }) => pendingFrom !== null)
    expect(
      rows.every((row) => row.postedDay - Number(row.pendingFrom) >= 1 && row.postedDay - Number(row.pendingFrom) <= 3),
    ).toBe(true)
    expect(rows.filter((row) => row.bookingDay !== row.pendingFrom).length).toBeGreaterThan(100)
    expect(rows.filter((row) => row.bookingDay === row.pendingFrom).length).toBeGreaterThan(50)
    expect(rows.filter(({ ids }) => ids === 'reissued').length).toBeGreaterThan(50)
  })

  it('has no internal id before it is booked', () => {
    const { card } = household()
    const ids = rowIdsOf('demo', 'card')
    const { pending } = viewOf(card, asOf)
    expect(pending.length).toBeGreaterThanOrEqual(2)
    for (const payment of pending) expect(pendingRow(payment, 'GBP', ids)).not.toHaveProperty('internalTransactionId')
  })

  it('keeps its transactionId when booked, unless it is reissued', () => {
    const { card } = household()
    const ids = rowIdsOf('demo', 'card')
    const fates = viewOf(card, asOf).pending.map((payment) => {
      const kept = pendingRow(payment, 'GBP', ids).transactionId === bookedRow(payment, 'GBP', ids).transactionId
      expect(kept).toBe(payment.ids === 'same')
      return kept
    })
    expect(new Set(fates)).toEqual(new Set([true, false]))
  })
})

describe('the household as time goes on', () => {
  it('shows a late row five days after the day it carries', () => {
    const late = (day: number) => bookedBy(household().current, day).find(({ text }) => text === 'WESTHAVEN PARKING')
    expect(late(asOf)).toBeUndefined()
    expect(late(asOf + 2)).toBeUndefined()
    expect(late(asOf + 3)).toMatchObject({ bookingDay: asOf - 2, postedDay: asOf + 3 })
  })

  it('never loses a booked row and moves the balance by exactly what is new', () => {
    for (const account of household().all) {
      const ids = rowIdsOf('demo', account.key)
      const rowOf = (payment: Payment) => JSON.stringify(bookedRow(payment, 'GBP', ids))
      let before = viewOf(account, asOf - 40)
      for (let day = asOf - 39; day <= asOf + 420; day += 14) {
        const now = viewOf(account, day)
        const known = new Set(before.booked.map(rowOf))
        const fresh = now.booked.filter((payment) => !known.has(rowOf(payment)))
        expect(now.booked.length - fresh.length).toBe(before.booked.length)
        expect(now.bookedMinor - before.bookedMinor).toBe(fresh.reduce((sum, { amountMinor }) => sum + amountMinor, 0))
        before = now
      }
    }
  })

  it('goes on for five years and more without an overdraft', () => {
    for (const seed of ['demo', 'a', 'b', 'c']) {
      const { current, card, savings } = household(seed)
      const movements = current.payments(asOf + 6 * 365).toSorted((a, b) => a.postedDay - b.postedDay)
      let balance = current.openingMinor
      for (const { amountMinor } of movements) {
        balance += amountMinor
        expect(balance).toBeGreaterThan(0)
      }
      const later = asOf + 6 * 365
      const lastMonth = [current, card, savings].map(
        (account) => bookedBy(account, later).filter((row) => row.bookingDay > later - 31).length,
      )
      expect(Math.min(...lastMonth)).toBeGreaterThanOrEqual(2)
    }
  })
})

describe('the same seed', () => {
  it('gives the same bytes, however far somebody looked before', () => {
    const fresh = household().all.map((account) => bytes(account, asOf + 3))
    const looked = household()
    for (const account of looked.all) viewOf(account, asOf + 3_000)
    expect(looked.all.map((account) => bytes(account, asOf + 3))).toEqual(fresh)
  })

  it('is another household than another seed', () => {
    expect(bytes(household('other').card, asOf)).not.toBe(bytes(household().card, asOf))
  })
})
