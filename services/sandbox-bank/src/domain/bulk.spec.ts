import { dayOfCivil } from './days.ts'
import { type BankAccount, viewOf } from './payment.ts'
import { worldOf } from './world.ts'

const asOf = dayOfCivil(2026, 11, 22)
const bulk = (accounts: number, transactionsPerAccount: number, days: number) =>
  worldOf({ scenario: 'bulk', seed: 'b', asOf, accounts, transactionsPerAccount, days })

describe('a bulk account', () => {
  it('holds exactly the rows asked for, spread over the days asked for', () => {
    for (const [rows, days] of [
      [50_000, 730],
      [1_000, 7],
      [3, 30],
      [100, 100],
    ] as const) {
      const [account] = bulk(1, rows, days) as [BankAccount]
      const { booked } = viewOf(account, asOf)
      expect(booked).toHaveLength(rows)
      expect(booked.every(({ bookingDay }) => bookingDay > asOf - days && bookingDay <= asOf)).toBe(true)
    }
  })

  it('goes on at the same rate', () => {
    const [account] = bulk(1, 7_300, 730) as [BankAccount]
    expect(viewOf(account, asOf + 3).booked).toHaveLength(7_330)
    expect(viewOf(account, asOf + 3).booked.slice(30)).toEqual(viewOf(account, asOf).booked)
  })

  it('never goes below zero', () => {
    const [account] = bulk(1, 20_000, 730) as [BankAccount]
    let balance = account.openingMinor
    for (const { amountMinor } of account.payments(asOf)) {
      balance += amountMinor
      expect(balance).toBeGreaterThanOrEqual(0)
    }
    expect(viewOf(account, asOf).bookedMinor).toBe(balance)
  })

  it('is another one than its neighbours', () => {
    const [first, second] = bulk(2, 100, 30) as [BankAccount, BankAccount]
    expect(first.iban).not.toBe(second.iban)
    const amounts = (account: BankAccount) => viewOf(account, asOf).booked.map(({ amountMinor }) => amountMinor)
    expect(amounts(first)).not.toEqual(amounts(second))
  })
})

describe('an empty world', () => {
  it('is one account without rows', () => {
    const accounts = worldOf({ scenario: 'empty', seed: 'x', asOf })
    expect(accounts).toHaveLength(1)
    expect(viewOf(accounts[0] as BankAccount, asOf)).toEqual({
      booked: [],
      pending: [],
      bookedMinor: 0,
      availableMinor: 0,
    })
  })
})
