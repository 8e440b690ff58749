/** How one bank differs from the rules that hold for all. */
export interface BankProfile {
  /** Which of the row's days is the payment's; first present wins. */
  dateOrder: readonly DateField[]
  /** The bank writes money out without a minus, money in with one. */
  flipSign: boolean
  /** Which of its ids the bank keeps unique: all cleaned ones of at least 6 characters, none, or those matching. */
  trustIds: boolean | RegExp
}

export type DateField = 'bookingDate' | 'bookingDateTime' | 'valueDate' | 'valueDateTime'

const GENERIC: BankProfile = {
  dateOrder: ['bookingDate', 'bookingDateTime', 'valueDate', 'valueDateTime'],
  flipSign: false,
  trustIds: true,
}

const VALUE_DATE_FIRST: readonly DateField[] = ['valueDate', 'valueDateTime', 'bookingDate', 'bookingDateTime']

/** From gocardless.md §5 and §10. What needs a bank's own text rules is not in it yet. */
const PROFILES: ReadonlyMap<string, Partial<BankProfile>> = new Map<string, Partial<BankProfile>>([
  ['BELFIUS_GKCCBEBB', { trustIds: false }],
  ['CETELEM_CETMPTP1XXX', { flipSign: true }],
  ['MBANK_RETAIL_BREXPLPW', { dateOrder: VALUE_DATE_FIRST }],
  ['NATIONWIDE_NAIAGB21', { trustIds: /^(?!00(?:DEBIT|CREDIT))(?:.{32}|.{40})$/ }],
])

export function profileOf(institutionId: string): BankProfile {
  return { ...GENERIC, ...PROFILES.get(institutionId) }
}
