import type { Quota } from '@pf/contracts'

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

export interface LinkRequest {
  institutionId: string
  /** Where the bank's consent page sends the browser back to. */
  redirect: string
  /** Unguessable; comes back as `ref`. */
  reference: string
  historyDays: number
  consentDays: number
  /** Two letters, such as `EN`. */
  language?: string
}

export interface CreatedLink {
  requisitionId: string
  agreementId: string
  /** Where the user consents; opaque. */
  link: string
  /** What was granted, which may be less than was asked for. */
  historyDays: number
  consentDays: number
}

export type LinkStatus = 'created' | 'in_progress' | 'linked' | 'rejected' | 'expired' | 'suspended' | 'failed'

export interface LinkState {
  status: LinkStatus
  /** The provider's account ids; they may change with every new link. */
  accounts: string[]
  /** UTC instants: when the user consented, and when access ends. */
  grantedAt?: string
  expiresAt?: string
  reference: string
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

export interface Fetched {
  /** Exactly the bytes that came (decompressed), not yet looked into. */
  body: Uint8Array
  contentType: string
  /** Wall clock, UTC instant. */
  fetchedAt: string
  /** The provider's clock at that moment, UTC instant. */
  bankNow: string
  /** What is left of the account's daily allowance for this scope, if the provider said. */
  quota: Quota | undefined
}

/** One configured provider of bank data. Every call may throw ProviderError. */
export interface BankFeed {
  readonly id: string
  readonly kind: 'gocardless'
  /** The provider's clock as a UTC instant: the wall clock, moved by the `Date` of its answers where that is believed. */
  now(): Promise<string>
  /** `country` is ISO 3166-1 alpha-2. */
  institutions(country: string): Promise<Institution[]>
  institution(id: string): Promise<Institution & { features: string[] }>
  /** Asks for consent; where the bank refuses so long a history or access, for 90 days of both. */
  createLink(input: LinkRequest): Promise<CreatedLink>
  readLink(requisitionId: string): Promise<LinkState>
  /** A link that is gone is revoked already. */
  revokeLink(requisitionId: string): Promise<void>
  /** Not counted against any quota. */
  account(providerAccountId: string): Promise<AccountMetadata>
  details(providerAccountId: string): Promise<Fetched>
  balances(providerAccountId: string): Promise<Fetched>
  /** `dateFrom`: `YYYY-MM-DD`, inclusive. There is no end: a future one is refused. */
  transactions(providerAccountId: string, window: { dateFrom: string }): Promise<Fetched>
}
