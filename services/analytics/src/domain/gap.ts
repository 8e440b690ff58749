/** An interval whose closing balance its rows do not explain: the bank's figure moved by `differenceMinor` more than ours. */
export type Gap = { differenceMinor: bigint; fromDate: string; toDate: string; isLast: boolean }

/** A booked row as it stands now. */
export type BookedRow = {
  id: string
  date: string
  amountMinor: bigint
  text: string
  /** It became known as booked in the gap's interval (of a closing balance: is of its days). */
  inInterval: boolean
  /** It became known after the interval. */
  isLater: boolean
  /** The bank no longer shows it. */
  missing: boolean
  /** What it was while it was pending. */
  pendingMinor: readonly bigint[]
}
/** A booked row of the account within the year before, or just after. */
export type HistoryRow = { id: string; date: string; amountMinor: bigint; text: string; inInterval: boolean }
/** A booked row of another own account. */
export type OtherLeg = { date: string; amountMinor: bigint }
export type HeldRow = { id: string; amountMinor: bigint | null; inInterval: boolean }
/** A payment that was pending and is not booked. `ended`: the bank shows it no more. */
export type Unbooked = { id: string; amountMinor: bigint; ended: boolean }

/** What is known around a gap, all of one account and currency but for `legs`. */
export type Evidence = {
  /** Booked rows of the weeks around. */
  rows: readonly BookedRow[]
  /** A year of rows that speak of the same payees or the missing amount. */
  history: readonly HistoryRow[]
  /** Booked rows of the user's other accounts, of the days around. */
  legs: readonly OtherLeg[]
  held: readonly HeldRow[]
  unbooked: readonly Unbooked[]
  /** The least that the account usually moves in the direction of the difference; null: it never does. */
  usualLeastMinor: bigint | null
}

export type SuspectKind = 'missing' | 'doubled' | 'changed' | 'withdrawn' | 'booked_late'
export type Suspect = {
  kind: SuspectKind
  /** Of the missing, doubled, withdrawn or late row; of a changed one, what it should be more. */
  amountMinor: bigint
  transactionIds: readonly string[]
  heldId?: string
  /** Of a changed row: what it should be. */
  expectedMinor?: bigint
  /** Stable code of the evidence (docs/proof.md). */
  because: string
}
/** `strength`: how well the evidence singles it out, 0 to 100; only the order is told. */
export type Weighed = Suspect & { strength: number }
