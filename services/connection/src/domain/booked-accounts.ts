/** What an account is to its owner; the bank's own words for kinds are mapped to these. */
export type AccountKind = 'current' | 'savings' | 'card' | 'loan' | 'other'
export type BookedAccount = {
  currency: string
  fingerprints: string[]
  name: string | null
  /** As its owner says. Not there where nobody has said anything. */
  kind?: AccountKind | null
}
/** Which accounts a space has, and by which fingerprints each is recognised. */
export type AccountBook = { accounts: Record<string, BookedAccount>; byFingerprint: Record<string, string> }
