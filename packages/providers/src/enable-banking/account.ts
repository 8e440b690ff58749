import { isRecord, type RawRow, textOf } from '../normalise/fields.ts'

/** Whether a body of account details is Enable Banking's AccountResource (gocardless.md §11). */
export function isAccountResource(body: unknown): body is RawRow {
  return isRecord(body) && ('identification_hash' in body || 'account_id' in body) && !('account' in body)
}

/** An AccountResource under the names of the Berlin Group's account details. */
export function neutralAccount(resource: RawRow): RawRow {
  const ids = [resource['account_id'], ...listOf(resource['all_account_ids'])].filter(isRecord)
  const iban = ids.map((id) => textOf(id, 'iban')).find((text) => text !== '') ?? schemeOf(ids, 'IBAN')
  return {
    iban,
    bban: schemeOf(ids, 'BBAN'),
    maskedPan: schemeOf(ids, 'CPAN'),
    currency: resource['currency'],
    ownerName: resource['name'],
    name: resource['details'],
    product: resource['product'],
    cashAccountType: resource['cash_account_type'],
    identificationHash: resource['identification_hash'],
  }
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** `other` of an id: directly, or one level down. */
function schemeOf(ids: readonly RawRow[], scheme: string): string | undefined {
  for (const id of ids) {
    const other = isRecord(id['other']) ? id['other'] : id
    if (textOf(other, 'scheme_name').toUpperCase() === scheme) return textOf(other, 'identification')
  }
  return undefined
}

/** ISO 20022 balance types under the Berlin Group's names; others stay as they are. */
const BALANCE_TYPES: Readonly<Record<string, string>> = {
  CLAV: 'closingAvailable',
  CLBD: 'closingBooked',
  FWAV: 'forwardAvailable',
  INFO: 'information',
  ITAV: 'interimAvailable',
  ITBD: 'interimBooked',
  OPAV: 'openingAvailable',
  OPBD: 'openingBooked',
  PRCD: 'previouslyClosedBooked',
  XPCD: 'expected',
}

/** A balance of Enable Banking under the Berlin Group's names; any other is given back as it is. */
export function neutralBalance(balance: unknown): unknown {
  if (!isRecord(balance) || !('balance_amount' in balance)) return balance
  const type = textOf(balance, 'balance_type')
  return {
    balanceAmount: balance['balance_amount'],
    balanceType: BALANCE_TYPES[type] ?? type,
    referenceDate: balance['reference_date'],
    lastChangeDateTime: balance['last_change_date_time'],
  }
}
