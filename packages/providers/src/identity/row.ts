/** Which list of a response a row stood in. */
export type Section = 'booked' | 'pending'

/** `corrected`: the user said what could not be read of it. */
export type RowFlag = 'date_inferred' | 'future_dated' | 'currency_inferred' | 'corrected'

/** One payment as a provider said it, cleaned and made comparable; the same for every provider. */
export interface NormalisedRow {
  /** Position in the response: booked first, then pending. */
  index: number
  section: Section
  /** Local calendar day of the account. */
  date: string
  valueDate?: string | undefined
  /** When it happened, if the bank said more than a day: a UTC instant, or local time without a zone. */
  dateTime?: string | undefined
  amountMinor: bigint
  currency: string
  description: string
  counterparty: string | null
  /** The bank's id, where it can be trusted; the provider's id. Unique within one account at most. */
  tid?: string | undefined
  iid?: string | undefined
  /** Date, amount, currency and a hash of the squashed texts: rows with the same `fp` look alike. */
  fp: string
  flags: readonly RowFlag[]
  bankCode?: string | undefined
  mcc?: string | undefined
  /** A foreign payment in the currency it was made in; `rate` as the bank wrote it. */
  original?: { amountMinor: bigint; currency: string; rate: string | null } | undefined
  balanceAfter?: { amountMinor: bigint; currency: string } | undefined
  /** Changes whenever anything of the above (but `index`) does. */
  contentHash: string
}

/** The current state of one known payment of ONE account and source, as the identity rules need it. */
export interface StoredRow {
  transactionId: string
  status: Section
  date: string
  amountMinor: bigint
  currency: string
  tid?: string | undefined
  iid?: string | undefined
  fp: string
  description: string
  counterparty: string | null
  dateTime?: string | undefined
  /** Flags of its last decision, `missing_upstream` among them. */
  flags: readonly string[]
  contentHash: string
}

export type DecisionKind = 'new' | 'changed' | 'unchanged' | 'booked_from_pending' | 'vanished' | 'pending_gone'

export type DecisionRule =
  | 'iid'
  | 'tid'
  | 'fp'
  | 'vanish_appear'
  | 'minted'
  | 'pending_tid'
  | 'pending_fp'
  | 'pending_similar'
  | 'pending_redated'
  | 'already_booked'
  | 'absent'

export interface Decision {
  /** The row that was decided on; none for `vanished` and `pending_gone`. */
  row?: NormalisedRow
  transactionId: string
  kind: DecisionKind
  rule: DecisionRule
  ruleVersion: number
  flags: readonly string[]
}
