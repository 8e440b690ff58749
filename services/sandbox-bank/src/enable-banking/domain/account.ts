import { type Day, textOfDay } from '../../domain/days.ts'
import { decimalOf } from '../../domain/money.ts'
import type { AccountView, BankAccount } from '../../domain/payment.ts'

type Id = { identification: string; scheme_name: string; issuer: null }

/** An AccountResource (gocardless.md §11); `hash` is the stable key of the account. */
export function accountResource(account: BankAccount, uid: string, hash: string): Record<string, unknown> {
  const { iban, currency, creditLimitMinor } = account
  const ids = idsOf(account)
  const other = ids.find(({ scheme_name }) => scheme_name !== 'IBAN') ?? null
  return {
    account_id: { iban, other: iban === null ? other : null },
    all_account_ids: ids,
    account_servicer: { bic_fi: 'SFIN0000', clearing_system_member_id: null, name: 'Sandbox Finance' },
    name: account.ownerName,
    details: account.name,
    usage: 'PRIV',
    cash_account_type: account.kind,
    product: account.product,
    currency,
    psu_status: 'Account Holder',
    credit_limit: creditLimitMinor === null ? null : { currency, amount: decimalOf(creditLimitMinor) },
    uid,
    identification_hash: hash,
    identification_hashes: [hash],
  }
}

function idsOf({ iban, bban, maskedPan }: BankAccount): Id[] {
  const id = (identification: string | null, scheme_name: string): Id[] =>
    identification === null ? [] : [{ identification, scheme_name, issuer: null }]
  return [...id(iban, 'IBAN'), ...id(bban, 'BBAN'), ...id(maskedPan, 'CPAN')]
}

export function balancesOf(account: BankAccount, view: AccountView, today: Day): Record<string, unknown>[] {
  const balance = (name: string, balance_type: string, minor: number) => ({
    name,
    balance_amount: { currency: account.currency, amount: decimalOf(minor) },
    balance_type,
    last_change_date_time: null,
    reference_date: textOfDay(today),
    last_committed_transaction: null,
  })
  return [
    balance('Booked balance', 'ITBD', view.bookedMinor),
    balance('Available balance', 'ITAV', view.availableMinor),
  ]
}
