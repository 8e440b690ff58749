import { isAccountResource, neutralAccount, neutralBalance } from '../enable-banking/account.ts'
import { ws } from '../identity/text.ts'
import { parseAmount } from '../money.ts'
import { momentReader } from './day.ts'
import { balancesListOf, recordOf } from './envelope.ts'
import { firstText, isRecord, type RawRow, textOf } from './fields.ts'
import { UnreadablePayload } from './unreadable-payload.ts'

export type AccountKind = 'current' | 'savings' | 'card' | 'loan' | 'other'

export interface AccountDetails {
  name: string
  kind: AccountKind
  /** Undefined where the bank names none. */
  currency?: string
  /** Only a valid one; a card's masked number in the IBAN's field is none. */
  iban?: string
  /** The last four characters of the IBAN, account or card number. */
  ibanMasked?: string
  ownerName?: string
  product?: string
}

/** A parsed body of `/accounts/{id}/` and one of `/accounts/{id}/details/`; a non-empty value wins (§2.5). */
export function detailsOf(metadata: unknown, details: unknown): AccountDetails {
  const account = merged(metadata, details)
  const iban = ibanOf(account)
  const number = iban ?? scanOf(account) ?? maskedPanOf(account) ?? textOf(account, 'bban')
  const lastFour = /[A-Z0-9]{4}$/.exec(number)?.[0]
  const currency = textOf(account, 'currency').toUpperCase()
  const ownerName = firstText(account, ['ownerName', 'owner_name'])
  const product = textOf(account, 'product')
  return {
    name:
      firstText(account, ['displayName', 'name', 'product']) ||
      (lastFour === undefined ? 'Account' : `Account ${lastFour}`),
    kind: kindOf(account, iban),
    ...(/^[A-Z]{3}$/.test(currency) ? { currency } : {}),
    ...(iban === undefined ? {} : { iban }),
    ...(lastFour === undefined ? {} : { ibanMasked: lastFour }),
    ...(ownerName === '' ? {} : { ownerName }),
    ...(product === '' ? {} : { product }),
  }
}

/**
 * The plain identifiers by which an account is known again, by any provider or file: a valid IBAN, sort code and number
 * (which a GB IBAN also yields), a masked card number with its institution; each with the currency. The caller keeps only
 * HMACs of them. None where the bank gives none.
 */
export function identifiersOf(details: unknown, metadata: unknown, institutionId: string, currency: string): string[] {
  const account = merged(metadata, details)
  const iban = ibanOf(account)
  const found = new Set<string>()
  if (iban !== undefined) found.add(`iban:${iban}:${currency}`)
  if (iban?.startsWith('GB')) found.add(`uk:${iban.slice(8)}:${currency}`)
  const scan = scanOf(account)
  if (scan !== undefined) found.add(`uk:${scan}:${currency}`)
  const pan = maskedPanOf(account)
  if (pan !== undefined) found.add(`pan:${institutionId}:${pan}:${currency}`)
  // Enable Banking's own key: the same in every session, where a bank tells no number.
  const hash = textOf(account, 'identificationHash')
  if (hash !== '') found.add(`hash:${hash}:${currency}`)
  return [...found]
}

function merged(metadata: unknown, details: unknown): RawRow {
  if (!isRecord(metadata)) throw new UnreadablePayload('account metadata that is no object', '{"id":…,"status":…}')
  const account = isAccountResource(details) ? neutralAccount(details) : recordOf(details, 'account')
  const given = Object.entries(account).filter(
    ([, value]) => value !== undefined && (typeof value !== 'string' || ws(value) !== ''),
  )
  return { ...metadata, ...Object.fromEntries(given) }
}

function kindOf(account: RawRow, iban: string | undefined): AccountKind {
  switch (textOf(account, 'cashAccountType').toUpperCase()) {
    case 'CACC':
    case 'TRAN':
      return 'current'
    case 'SVGS':
      return 'savings'
    case 'CARD':
      return 'card'
    case 'LOAN':
      return 'loan'
    case '':
      // Many banks leave the type out: a number of its own tells an account from a card.
      if (iban !== undefined || scanOf(account) !== undefined) return 'current'
      return maskedPanOf(account) === undefined ? 'other' : 'card'
    default:
      return 'other'
  }
}

function ibanOf(account: RawRow): string | undefined {
  const iban = textOf(account, 'iban').replace(/\s/g, '').toUpperCase()
  return isIban(iban) ? iban : undefined
}

/** ISO 13616: shape and check digits (mod 97). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false
  let remainder = 0
  for (const char of text.slice(4) + text.slice(0, 4)) {
    for (const digit of String(Number.parseInt(char, 36))) remainder = (remainder * 10 + Number(digit)) % 97
  }
  return remainder === 1
}

/** UK sort code (6) and account number (8). */
function scanOf(account: RawRow): string | undefined {
  const digits = textOf(account, 'scan').replace(/[\s-]/g, '')
  return /^\d{14}$/.test(digits) ? digits : undefined
}

/** First and last digits of a masked card number; American Express gives it as the IBAN. */
function maskedPanOf(account: RawRow): string | undefined {
  for (const field of ['maskedPan', 'iban']) {
    const text = textOf(account, field).replace(/[\s-]/g, '')
    const match = /^(\d{0,8})[X*x•.]{3,}(\d{4,5})$/.exec(text)
    if (match !== null) return `${match[1]}*${match[2]}`
  }
  return undefined
}

export interface Balance {
  /** As the bank calls it, such as `interimBooked`. */
  type: string
  amountMinor: bigint
  currency: string
  referenceDate?: string
  /** UTC instant. */
  lastChangeAt?: string
  creditLimitIncluded?: boolean
}

/**
 * A parsed body of `/accounts/{id}/balances/`. A balance without a readable amount, currency or type is left out: there is
 * nothing to show of it. Throws UnreadablePayload for a body without a list of balances.
 */
export function balancesOf(body: unknown): Balance[] {
  const read = momentReader('UTC')
  return balancesListOf(body).flatMap((stated: unknown) => {
    const balance = neutralBalance(stated)
    const money = isRecord(balance) ? balance['balanceAmount'] : undefined
    if (!isRecord(balance) || !isRecord(money)) return []
    const type = textOf(balance, 'balanceType')
    const currency = textOf(money, 'currency').toUpperCase()
    const amount = parseAmount(String(money['amount'] ?? ''), currency)
    if (type === '' || !/^[A-Z]{3}$/.test(currency) || !amount.ok) return []
    const reference = read(balance['referenceDate'])
    const changed = read(balance['lastChangeDateTime'])
    const changedAt = changed?.dateTime ?? (changed?.sentinel === true ? `${changed.day}T00:00:00Z` : undefined)
    return [
      {
        type,
        amountMinor: amount.amountMinor,
        currency,
        ...(reference === undefined ? {} : { referenceDate: reference.day }),
        ...(changedAt?.endsWith('Z') ? { lastChangeAt: changedAt } : {}),
        ...(typeof balance['creditLimitIncluded'] === 'boolean'
          ? { creditLimitIncluded: balance['creditLimitIncluded'] }
          : {}),
      },
    ]
  })
}
