import { type AccountBookEvent, refuse } from '@pf/contracts'
import type { AccountBook, AccountKind } from './booked-accounts.ts'
import { type PlaceStatement, placed } from './statement-place.ts'

/**
 * An account that a provider (or a file) shows. `freshId` becomes its id where it is new, `knownAs` is the account that the
 * connection's previous consent had under the same handle of the provider.
 */
export type Arrival = {
  freshId: string
  currency: string
  fingerprints: string[]
  knownAs?: string
  /** It comes by a connection that had a consent before: what cannot be told apart may be one of that consent's. */
  renewal?: boolean
}
export type Recognition = { as: 'known'; accountId: string } | { as: 'new' | 'ambiguous' | 'unidentified' }
export type RecogniseAccounts = { type: 'RecogniseAccounts'; spaceId: string; arrivals: Arrival[]; at: string }
/** What its owner says of it. `kind` null: as the bank says, again. */
export type ChangeAccount = { type: 'ChangeAccount'; accountId: string; name?: string; kind?: AccountKind | null }
/** They were erased with all that was known of them. */
export type ForgetAccounts = { type: 'ForgetAccounts'; accountIds: string[] }
export type AccountBookCommand = RecogniseAccounts | PlaceStatement | ChangeAccount | ForgetAccounts

export const initial: AccountBook = { accounts: {}, byFingerprint: {} }

export function decide(command: AccountBookCommand, state: AccountBook): AccountBookEvent[] {
  switch (command.type) {
    case 'RecogniseAccounts':
      return recogniseAll(command, state)
    case 'PlaceStatement':
      return placed(command, state)
    case 'ChangeAccount':
      return changed(command, state)
    case 'ForgetAccounts':
      return command.accountIds.flatMap((accountId): AccountBookEvent[] =>
        state.accounts[accountId] === undefined ? [] : [{ type: 'AccountForgotten', data: { accountId } }],
      )
  }
}

/**
 * Which account an arrival is. Any fingerprint recognises it, and so does the previous consent's handle. It is `ambiguous`
 * where they point at two accounts, since joining two histories cannot be taken back; `unidentified` where nothing points
 * anywhere in a renewal, since opening it may double a history.
 */
export function recognition(arrival: Arrival, { accounts, byFingerprint }: AccountBook): Recognition {
  const { freshId, fingerprints, knownAs, renewal = false } = arrival
  const matches = new Set(fingerprints.flatMap((f) => byFingerprint[f] ?? []))
  if (knownAs !== undefined && accounts[knownAs] !== undefined) matches.add(knownAs)
  const [accountId, ...others] = matches
  if (others.length > 0) return { as: 'ambiguous' }
  if (accountId !== undefined) return { as: 'known', accountId }
  if (accounts[freshId] !== undefined) return { as: 'known', accountId: freshId }
  return { as: fingerprints.length === 0 && renewal ? 'unidentified' : 'new' }
}

/** Arrivals are taken in order: two that share a fingerprint are one account. What nobody can tell apart is passed over. */
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
  const recognised = recognition(arrival, book)
  if (recognised.as === 'new') {
    const { freshId, currency, fingerprints } = arrival
    return [{ type: 'AccountOpened', data: { accountId: freshId, spaceId, currency, fingerprints, openedAt } }]
  }
  if (recognised.as !== 'known') return []
  const { accountId } = recognised
  const fingerprints = arrival.fingerprints.filter((f) => book.byFingerprint[f] === undefined)
  return fingerprints.length === 0 ? [] : [{ type: 'AccountRecognised', data: { accountId, fingerprints } }]
}

function changed({ accountId, name, kind }: ChangeAccount, state: AccountBook): AccountBookEvent[] {
  const account = state.accounts[accountId]
  if (account === undefined) throw refuse('account_not_found', `There is no account ${accountId}.`)
  const events: AccountBookEvent[] = []
  if (name !== undefined && name !== account.name) events.push({ type: 'AccountRenamed', data: { accountId, name } })
  if (kind !== undefined && kind !== (account.kind ?? null))
    events.push({ type: 'AccountKindChosen', data: { accountId, kind } })
  return events
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
    case 'FileAccountDeclared':
    case 'AccountRenamed': {
      const account = state.accounts[data.accountId]
      if (account === undefined) return state
      return { ...state, accounts: { ...state.accounts, [data.accountId]: { ...account, name: data.name } } }
    }
    case 'AccountKindChosen': {
      const account = state.accounts[data.accountId]
      if (account === undefined) return state
      return { ...state, accounts: { ...state.accounts, [data.accountId]: { ...account, kind: data.kind } } }
    }
    case 'AccountForgotten': {
      const { [data.accountId]: _, ...accounts } = state.accounts
      const pointers = Object.entries(state.byFingerprint).filter(([, accountId]) => accountId !== data.accountId)
      return { accounts, byFingerprint: Object.fromEntries(pointers) }
    }
  }
}

const pointing = (fingerprints: string[], accountId: string): Record<string, string> =>
  Object.fromEntries(fingerprints.map((f) => [f, accountId]))
