// Pure: what domain code and browsers may import. The registry and the adapter, which do I/O, stand in index.ts.
export type * from './bank-feed.ts'
export {
  type AcrossSources,
  type Days,
  joinedDays,
  MAX_DAYS_ACROSS,
  matchAcrossSources,
} from './identity/across-sources.ts'
export { decideIdentity, type FetchedWindow, IDENTITY_VERSION, MISSING_UPSTREAM } from './identity/decide.ts'
export type * from './identity/row.ts'
export { RowIndex } from './identity/row-index.ts'
export * from './money.ts'
export {
  type AccountDetails,
  type AccountKind,
  type Balance,
  isIban,
} from './normalise/account.ts'
export type { BankProfile } from './normalise/profile.ts'
export { profileOf } from './normalise/profiles.ts'
export type { HeldReason, Readable } from './normalise/row.ts'
export {
  type Correction,
  correctedRow,
  type HeldRow,
  NORMALISER_VERSION,
  type NormaliseContext,
  type Normalised,
  normaliseRows,
  STALE_AFTER_DAYS,
} from './normalise/transactions.ts'
export { UnreadablePayload } from './normalise/unreadable-payload.ts'
export { OVERLAP_DAYS, windowStart } from './normalise/window.ts'
export {
  checkAnswer,
  fingerprintsOf,
  localDayOf,
  neutralRowOf,
  normalise,
  openTransactions,
  type Payload,
  parsePayload,
  rawRowOf,
  readBalances,
  readDetails,
} from './payload.ts'
export { type ProviderAction, ProviderError, type ProviderErrorCode, type ProviderFailure } from './provider-error.ts'
