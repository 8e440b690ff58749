export type { TransportLimits } from '../transport.ts'
export { type CallbackOutcome, callbackOutcome } from './callback.ts'
export { type GoCardlessOptions, openGoCardless } from './feed.ts'
export type { KeptTokens, TokenCache, TokenSet } from './tokens.ts'
