export type BookedAccount = { currency: string; fingerprints: string[]; name: string | null }
/** Which accounts a space has, and by which fingerprints each is recognised. */
export type AccountBook = { accounts: Record<string, BookedAccount>; byFingerprint: Record<string, string> }
