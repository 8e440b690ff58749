import type { Quota } from '@pf/contracts'

export type ProviderKind = 'gocardless' | 'enable-banking'

/** What a kind of provider can do, for whoever has to treat them alike. */
export interface ProviderCapabilities {
  /** The browser's return carries a code, without which `finishLink` learns nothing. */
  readonly returnsCode: boolean
  /** A long consent may be confirmed every 90 days without the bank's log-in (`reconfirmation`). */
  readonly reconfirms: boolean
  /** Some banks count calls differently while the user is there, and ask for headers of the browser. */
  readonly takesPsuHeaders: boolean
  /** Successful calls per account and scope in a rolling day, where nobody is there and the provider says no other. */
  readonly callsPerDay: number
}

export interface Institution {
  id: string
  /** Id of the provider instance that offers it. */
  provider: string
  name: string
  bic: string
  countries: string[]
  logo: string
  maxHistoryDays: number
  maxConsentDays: number
}

/** All that is known of one bank. `features` are GoCardless' names (gocardless.md §2.1). */
export interface InstitutionDetails extends Institution {
  features: string[]
  /** With confirmations every 90 days the consent may be so long. */
  maxConsentDaysReconfirmed?: number
  psuTypes?: ('personal' | 'business')[]
  /** The ways to log in that may be asked for (`LinkRequest.authMethod`), where there are several. */
  authMethods?: { name: string; title: string }[]
  /** All of them or none come with a call of a user who waits. */
  requiredPsuHeaders?: string[]
  /** The provider itself says that it may not work well, or is no real bank. */
  beta?: boolean
  sandbox?: boolean
}

export interface LinkRequest {
  institutionId: string
  /** Where the bank's consent page sends the browser back to. */
  redirect: string
  /** Unguessable; comes back as `ref` (GoCardless) or `state` (Enable Banking). */
  reference: string
  /** Wishes: the provider's adapter asks for no more than the bank allows. */
  historyDays: number
  consentDays: number
  /** Two letters, such as `EN`. */
  language?: string
  /** Default `personal`; where the bank knows one kind alone, that one. */
  psuType?: 'personal' | 'business'
  authMethod?: string
  /** Asks for the longest consent with confirmations every 90 days, where bank and provider allow it. */
  reconfirmation?: boolean
}

export interface CreatedLink {
  /** The link's id for as long as it lives: a requisition's, or an authorization's. */
  requisitionId: string
  agreementId: string
  /** Where the user consents; opaque. */
  link: string
  /** What was granted, which may be less than was asked for. */
  historyDays: number
  consentDays: number
  /** The user will have to confirm every 90 days. */
  reconfirmation?: boolean
}

/** What the browser brought back; it proves nothing by itself. */
export interface LinkCallback {
  /** Single-use, short-lived; in no log and no event. */
  code?: string
  error?: string
}

/** `revoked`: ended before its time, by the user at the bank or by us. */
export type LinkStatus =
  | 'created'
  | 'in_progress'
  | 'linked'
  | 'rejected'
  | 'expired'
  | 'revoked'
  | 'suspended'
  | 'failed'

export interface LinkState {
  status: LinkStatus
  /** The provider's account ids; they may change with every new link. */
  accounts: string[]
  /** UTC instants: when the user consented, and when access ends. */
  grantedAt?: string
  expiresAt?: string
  /** Where the consent has to be confirmed (`reconfirmation`): without it nothing can be read from then on. */
  reconfirmBy?: string
  /** The caller's, where the provider keeps it. */
  reference?: string
}

/** A confirmation of a consent at the provider's page (gocardless.md §2.3). UTC instants. */
export interface Reconfirmation {
  link: string
  /** The link works from `validFrom` to `validTo`; between `dueAt` and the confirmation nothing can be read. */
  validFrom: string
  dueAt: string
  validTo: string
  /** Of the last account confirmed; absent while one is waited for. */
  reconfirmedAt?: string
  /** Accounts that the user would not confirm. */
  rejected: string[]
}

export type AccountStatus = 'discovered' | 'processing' | 'ready' | 'error' | 'expired' | 'suspended' | 'unknown'

export interface AccountMetadata {
  status: AccountStatus
  institutionId: string
  iban?: string
  ownerName?: string
  name?: string
  /** The bytes, for `readDetails`. */
  raw: Uint8Array
}

/**
 * Headers of the browser of a user who waits, by their names (`Psu-Ip-Address`, `Psu-User-Agent`, …). Real values only; kept
 * nowhere and in no log. The adapter sends what the bank asks for, all of it or nothing.
 */
export type PsuHeaders = Readonly<Record<string, string>>

export interface FetchOptions {
  psu?: PsuHeaders | undefined
}

export interface Fetched {
  /** Exactly the bytes that came (decompressed); several pages are one document (`{"pages":[…]}`), each as it came. */
  body: Uint8Array
  contentType: string
  /** Wall clock, UTC instant. */
  fetchedAt: string
  /** The provider's clock at that moment, UTC instant. */
  bankNow: string
  /** What is left of the account's daily allowance for this scope, if the provider said. */
  quota: Quota | undefined
  /** All calls of this set-up, per minute: what is left of them, if the provider said. */
  pace?: { limit: number; remaining: number; resetsAt: string }
  /** Why the pages ended before their end, by a code; what came is kept and worth a warning. */
  stopped?: string
}

/** One thing that was looked at with the configured keys, in words for an operator. */
export interface Finding {
  ok: boolean
  what: string
  detail: string
}

/** One configured provider of bank data. Every call may throw ProviderError. */
export interface BankFeed {
  readonly id: string
  readonly kind: ProviderKind
  readonly capabilities: ProviderCapabilities
  /** The provider's clock as a UTC instant: the wall clock, moved by the `Date` of its answers where that is believed. */
  now(): Promise<string>
  /** Whether keys and set-up do; never throws for what the provider refuses, that is a finding. */
  check(setUp: { redirect: string; countries?: readonly string[] }): Promise<Finding[]>
  /** `country` is ISO 3166-1 alpha-2. Asked for once in 24 hours. */
  institutions(country: string): Promise<Institution[]>
  /** Asked for once in 24 hours. */
  institution(id: string): Promise<InstitutionDetails>
  /** Asks for consent as the bank allows; where it refuses so long a history or access, for 90 days of both. */
  createLink(input: LinkRequest): Promise<CreatedLink>
  /**
   * After the browser's return. Safe to repeat: a code that was exchanged before is not used again, and a return without one
   * reads the link. `linkId` stays what `createLink` gave.
   */
  finishLink(input: { linkId: string; callback: LinkCallback }): Promise<{ linkId: string; state: LinkState }>
  readLink(linkId: string): Promise<LinkState>
  /** A link that is gone is revoked already. */
  revokeLink(linkId: string): Promise<void>
  /** The page where the user confirms that the consent goes on; only where `capabilities.reconfirms`. Asked again: the same page. */
  reconfirm?(agreementId: string, input: { redirect?: string }): Promise<Reconfirmation>
  /** The confirmation that was asked for last; undefined where none was. */
  readReconfirmation?(agreementId: string): Promise<Reconfirmation | undefined>
  /** Not counted against any quota. */
  account(providerAccountId: string): Promise<AccountMetadata>
  details(providerAccountId: string, options?: FetchOptions): Promise<Fetched>
  balances(providerAccountId: string, options?: FetchOptions): Promise<Fetched>
  /** `dateFrom`: `YYYY-MM-DD`, inclusive. There is no end: a future one is refused. */
  transactions(providerAccountId: string, window: { dateFrom: string }, options?: FetchOptions): Promise<Fetched>
}
