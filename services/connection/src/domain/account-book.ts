import { type AccountBookEvent, refuse } from '@pf/contracts'

export type BookedAccount = { currency: string; fingerprints: string[]; name: string | null }
/** Which accounts a space has, and by which fingerprints each is recognised. */
export type AccountBook = { accounts: Record<string, BookedAccount>; byFingerprint: Record<string, string> }

/** An account that a provider (or a file) shows. `freshId` becomes its id where no fingerprint is known. */
export type Arrival = { freshId: string; currency: string; fingerprints: string[] }
export type RecogniseAccounts = { type: 'RecogniseAccounts'; spaceId: string; arrivals: Arrival[]; at: string }
export type RenameAccount = { type: 'RenameAccount'; accountId: string; name: string }
export type AccountBookCommand = RecogniseAccounts | RenameAccount

export const initial: AccountBook = { accounts: {}, byFingerprint: {} }

export function decide(command: AccountBookCommand, state: AccountBook): AccountBookEvent[] {
  switch (command.type) {
    case 'RecogniseAccounts':
      return recogniseAll(command, state)
    case 'RenameAccount':
      return rename(command, state)
  }
}

/**
 * The account an arrival is, or undefined where it is new. Any fingerprint recognises it; throws `account_ambiguous` where
 * they point at two accounts, since joining two histories cannot be taken back.
 */
export function accountOf(arrival: Arrival, state: AccountBook): string | undefined {
  const matches = new Set(arrival.fingerprints.flatMap((f) => state.byFingerprint[f] ?? []))
  if (matches.size > 1) {
    throw refuse(
      'account_ambiguous',
      `One account at the bank carries the identifiers of ${matches.size} accounts known here; nothing was linked. Remove or rename one of them first.`,
    )
  }
  const [match] = matches
  return match ?? (state.accounts[arrival.freshId] === undefined ? undefined : arrival.freshId)
}

/** Arrivals are taken in order: two that share a fingerprint are one account. */
function recogniseAll({ spaceId, arrivals, at }: RecogniseAccounts, state: AccountBook): AccountBookEvent[] {
  const events: AccountBookEvent[] = []
  let book = state
  for (const arrival of arrivals) {
    for (const event of recognise(arrival, book, spaceId, at)) {
      events.push(event)
      book = evolve(book, event)
    }
  }
  return events
}

function recognise(arrival: Arrival, book: AccountBook, spaceId: string, openedAt: string): AccountBookEvent[] {
  const accountId = accountOf(arrival, book)
  if (accountId === undefined) {
    const { freshId, currency, fingerprints } = arrival
    return [{ type: 'AccountOpened', data: { accountId: freshId, spaceId, currency, fingerprints, openedAt } }]
  }
  const fingerprints = arrival.fingerprints.filter((f) => book.byFingerprint[f] === undefined)
  return fingerprints.length === 0 ? [] : [{ type: 'AccountRecognised', data: { accountId, fingerprints } }]
}

function rename({ accountId, name }: RenameAccount, state: AccountBook): AccountBookEvent[] {
  const account = state.accounts[accountId]
  if (account === undefined) throw refuse('account_not_found', `There is no account ${accountId}.`)
  return account.name === name ? [] : [{ type: 'AccountRenamed', data: { accountId, name } }]
}

export function evolve(state: AccountBook, { type, data }: AccountBookEvent): AccountBook {
  switch (type) {
    case 'AccountOpened': {
      const account = { currency: data.currency, fingerprints: data.fingerprints, name: null }
      return {
        accounts: { ...state.accounts, [data.accountId]: account },
        byFingerprint: { ...state.byFingerprint, ...pointing(data.fingerprints, data.accountId) },
      }
    }
    case 'AccountRecognised': {
      const account = state.accounts[data.accountId]
      if (account === undefined) return state
      const fingerprints = [...account.fingerprints, ...data.fingerprints]
      return {
        accounts: { ...state.accounts, [data.accountId]: { ...account, fingerprints } },
        byFingerprint: { ...state.byFingerprint, ...pointing(data.fingerprints, data.accountId) },
      }
    }
    case 'AccountRenamed': {
      const account = state.accounts[data.accountId]
      if (account === undefined) return state
      return { ...state, accounts: { ...state.accounts, [data.accountId]: { ...account, name: data.name } } }
    }
  }
}

const pointing = (fingerprints: string[], accountId: string): Record<string, string> =>
  Object.fromEntries(fingerprints.map((f) => [f, accountId]))
