import { type Day, textOfDay } from './days.ts'
import { decimalOf } from './money.ts'
import type { AccountView, BankAccount } from './payment.ts'
import { uuidOf } from './random.ts'

/** Bodies of an account's details and balances (gocardless.md §2.5). */

export function detailsOf(account: BankAccount): Record<string, unknown> {
  return {
    resourceId: uuidOf(`resource/${account.key}`),
    ...(account.iban !== null && { iban: account.iban }),
    ...(account.bban !== null && { bban: account.bban, scan: account.bban }),
    ...(account.maskedPan !== null && { maskedPan: account.maskedPan }),
    currency: account.currency,
    ownerName: account.ownerName,
    name: account.name,
    product: account.product,
    cashAccountType: account.kind,
    status: 'enabled',
    usage: 'PRIV',
  }
}

export function balancesOf(account: BankAccount, view: AccountView, today: Day): Record<string, unknown>[] {
  const balance = (balanceType: string, minor: number, creditLimitIncluded: boolean) => ({
    balanceAmount: { amount: decimalOf(minor), currency: account.currency },
    balanceType,
    creditLimitIncluded,
    referenceDate: textOfDay(today),
  })
  return [
    balance('interimBooked', view.bookedMinor, false),
    balance('interimAvailable', view.availableMinor, account.creditLimitMinor !== null),
  ]
}
