import { type AccountBookEvent, refuse } from '@pf/contracts'
import type { AccountBook } from './booked-accounts.ts'

/** Identifiers of a file's account as fingerprints, for one currency. */
export type StatementIdentity = {
  currency: string
  /** Of numbers that are one account's alone: IBAN, UK sort code with number. */
  strong: string[]
  /** Of what two accounts may share: a masked card number, a number that only its bank understands. */
  weak: string[]
  /** Of the card number at each bank that the space has: a file does not tell its bank by id. Never learned. */
  hints: string[]
}

type Declared = Omit<Extract<AccountBookEvent, { type: 'FileAccountDeclared' }>['data'], 'accountId' | 'declaredAt'>

export type PlaceStatement = {
  type: 'PlaceStatement'
  spaceId: string
  /** Becomes the account's id where it is opened. */
  freshId: string
  /** The account that the user chose. */
  named?: string
  /** In the file's currency; where it states none, one for each currency that it may be in. */
  identities: StatementIdentity[]
  /** What to open where the file's account is not known. */
  opening?: Declared & { currency: string }
  at: string
}

export type Place = { as: 'known'; accountId: string; learned: string[] } | { as: 'new'; fingerprints: string[] }

/**
 * The account that a statement file belongs to. What the user chose holds, unless the file bears the number of another
 * account. Unchosen, numbers that are one account's alone are asked first. A chosen account learns the file's identifiers
 * only where nothing speaks against them: an import can be taken back, a wrong fingerprint cannot.
 * Throws account_not_found, account_needed, account_ambiguous, accounts_differ, currencies_differ.
 */
export function placeOf(statement: PlaceStatement, book: AccountBook): Place {
  return statement.named === undefined ? found(statement, book) : chosen(statement.named, statement.identities, book)
}

function chosen(accountId: string, identities: readonly StatementIdentity[], book: AccountBook): Place {
  const account = book.accounts[accountId]
  if (account === undefined) throw refuse('account_not_found', `There is no account ${accountId}.`)
  const { currency, fingerprints } = account
  const own = identities.find((identity) => identity.currency === currency)
  if (own === undefined && identities.length > 0) throw differ(identities, currency)
  const { strong = [], weak = [] } = own ?? {}
  const isOthers = (fingerprint: string) => (book.byFingerprint[fingerprint] ?? accountId) !== accountId
  if (strong.some(isOthers)) {
    throw refuse(
      'accounts_differ',
      'The file bears the number of another of your accounts. Choose that one, or leave the choice to the file.',
    )
  }
  const said = [...strong, ...weak]
  const fits = fingerprints.length === 0 || said.some((fingerprint) => fingerprints.includes(fingerprint))
  return { as: 'known', accountId, learned: fits ? unknown(said, book) : [] }
}

function found({ identities, opening }: PlaceStatement, book: AccountBook): Place {
  for (const kind of ['strong', 'weak', 'hints'] as const) {
    const matches = new Set(
      identities.flatMap((identity) => identity[kind].flatMap((f) => book.byFingerprint[f] ?? [])),
    )
    if (matches.size > 1) {
      throw refuse(
        'account_ambiguous',
        'What the file says of its account fits several of yours. Choose the one it is of.',
      )
    }
    for (const accountId of matches) {
      const own = identities.find(({ currency }) => currency === book.accounts[accountId]?.currency)
      return { as: 'known', accountId, learned: unknown([...(own?.strong ?? []), ...(own?.weak ?? [])], book) }
    }
  }
  if (opening === undefined) {
    throw refuse(
      'account_needed',
      'The file does not tell which of your accounts it is of. Choose one, or name a new one.',
    )
  }
  const own = identities.find(({ currency }) => currency === opening.currency)
  if (own === undefined && identities.length > 0) throw differ(identities, opening.currency)
  return { as: 'new', fingerprints: unknown([...(own?.strong ?? []), ...(own?.weak ?? [])], book) }
}

const unknown = (fingerprints: readonly string[], { byFingerprint }: AccountBook): string[] => [
  ...new Set(fingerprints.filter((fingerprint) => byFingerprint[fingerprint] === undefined)),
]

const differ = (identities: readonly StatementIdentity[], currency: string) =>
  refuse(
    'currencies_differ',
    `The file is in ${identities.map((identity) => identity.currency).join(' or ')}, the account in ${currency}. Choose an account of the file's currency.`,
  )

export function placed(statement: PlaceStatement, book: AccountBook): AccountBookEvent[] {
  const place = placeOf(statement, book)
  const { spaceId, freshId, opening, at } = statement
  if (place.as === 'known') {
    const { accountId, learned: fingerprints } = place
    return fingerprints.length === 0 ? [] : [{ type: 'AccountRecognised', data: { accountId, fingerprints } }]
  }
  // `placeOf` answers `new` for an opening alone.
  const { currency, ...declared } = opening as Declared & { currency: string }
  const { fingerprints } = place
  return [
    { type: 'AccountOpened', data: { accountId: freshId, spaceId, currency, fingerprints, openedAt: at } },
    { type: 'FileAccountDeclared', data: { accountId: freshId, ...declared, declaredAt: at } },
  ]
}
