// Pure: what domain code and browsers may import. The registry and the adapter, which do I/O, stand in index.ts.
export type * from './bank-feed.ts'
export {
  type AccountDetails,
  type AccountKind,
  type Balance,
  isIban,
} from './gocardless/normalise/account.ts'
export { UnreadablePayload } from './gocardless/normalise/envelope.ts'
export { type BankProfile, profileOf } from './gocardless/normalise/profile.ts'
export type { HeldReason } from './gocardless/normalise/row.ts'
export {
  type HeldRow,
  NORMALISER_VERSION,
  type NormaliseContext,
  type Normalised,
} from './gocardless/normalise/transactions.ts'
export { OVERLAP_DAYS, windowStart } from './gocardless/normalise/window.ts'
export {
  checkAnswer,
  fingerprintsOf,
  normalise,
  type Payload,
  parsePayload,
  readBalances,
  readDetails,
} from './gocardless/payload.ts'
export { decideIdentity, type FetchedWindow, IDENTITY_VERSION, MISSING_UPSTREAM } from './identity/decide.ts'
export type * from './identity/row.ts'
export * from './money.ts'
export { type ProviderAction, ProviderError, type ProviderErrorCode, type ProviderFailure } from './provider-error.ts'
