import {
  type Done,
  type InputOf,
  type Principal,
  Rest,
  refuse,
  type requests,
  type StatementAccountView,
} from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { fingerprintsOf } from '@pf/providers'
import type { AccountBook } from '../domain/booked-accounts.ts'
import { type PlaceStatement, placeOf, type StatementIdentity } from '../domain/statement-place.ts'
import { zoneOf } from '../domain/time-zone.ts'
import { accountsOf } from './connection-views.ts'
import type { Parts } from './parts.ts'

type Input = InputOf<typeof requests.connection.statementAccount>

/** Stands where a provider's key of the bank would: files do not tell it. */
const FILE_INSTITUTION = 'file'
const maxBanks = 200

/**
 * The account of a statement file: the one named, else the one that its identifiers (`iban`, `sortCodeAccount`, `maskedPan`,
 * `bban`, `other`; with the file's `currency`, where it states one) are known by, else a new one. A dry run changes nothing.
 * Throws account_needed, account_ambiguous, account_not_found, accounts_differ, currencies_differ, invalid_input.
 */
export async function statementAccount(
  parts: Parts,
  input: Input,
  { spaceId }: Principal,
): Promise<Done<StatementAccountView>> {
  const at = { spaceId, aggregateId: spaceId }
  const { state: book } = await parts.accountBook.load(at)
  const statement = await statementOf(parts, input, spaceId, book)
  if (input.dryRun) {
    const place = placeOf(statement, book)
    return viewOf(parts, spaceId, input, place.as === 'known' ? place.accountId : undefined)
  }
  // Before any event tells of it: what is read of the file is sealed under it.
  if (placeOf(statement, book).as === 'new') await parts.keys.createAccountKey(spaceId, statement.freshId)
  const { events, state, position } = await parts.accountBook.handle(at, statement, { commandId: input.commandId })
  const behind = await parts.shown(position)
  if (events.some(({ type }) => type === 'FileAccountDeclared')) {
    const name = statement.opening?.name ?? ''
    return { account_id: statement.freshId, name, recognised: 'new', ...behind }
  }
  const place = placeOf(statement, state)
  if (place.as === 'new') throw new TypeError('An account that was just placed is not in the account book.')
  return { ...(await viewOf(parts, spaceId, input, place.accountId)), ...behind }
}

async function viewOf(
  parts: Parts,
  spaceId: string,
  { newAccount }: Input,
  accountId: string | undefined,
): Promise<StatementAccountView> {
  if (accountId === undefined) return { account_id: null, name: newAccount?.name ?? '', recognised: 'new' }
  const [view] = await accountsOf(parts, spaceId, { accountId })
  return { account_id: accountId, name: view?.name ?? view?.institution.name ?? '', recognised: 'known' }
}

async function statementOf(parts: Parts, input: Input, spaceId: string, book: AccountBook): Promise<PlaceStatement> {
  const { accountId: named, identifiers, newAccount, commandId } = input
  const stated = identifiers['currency']?.toUpperCase()
  if (stated !== undefined && !/^[A-Z]{3}$/.test(stated)) {
    throw refuse('invalid_input', 'The currency of a file has to be three letters of ISO 4217.')
  }
  const banks = identifiers['maskedPan'] === undefined ? [] : await banksOf(parts, spaceId)
  const possible = [...Object.values(book.accounts).map(({ currency }) => currency), newAccount?.currency ?? []].flat()
  const currencies = stated === undefined ? [...new Set(possible)] : [stated]
  return {
    type: 'PlaceStatement',
    spaceId,
    freshId: derivedUuid('file-account', spaceId, commandId),
    ...(named === undefined ? {} : { named }),
    identities: await Promise.all(
      currencies.map((currency) => identityOf(parts, spaceId, { identifiers, banks }, currency)),
    ),
    ...(newAccount === undefined ? {} : { opening: openingOf(newAccount, identifiers) }),
    at: parts.clock.now().toISOString(),
  }
}

function openingOf(
  { name, currency, kind: said = 'current', institution }: NonNullable<Input['newAccount']>,
  { iban, sortCodeAccount }: Record<string, string>,
): NonNullable<PlaceStatement['opening']> {
  const kind = Rest.accountKinds.find((one) => one === said)
  if (kind === undefined) {
    throw refuse('invalid_input', `The kind of an account is one of ${Rest.accountKinds.join(', ')}.`)
  }
  const isBritish = sortCodeAccount !== undefined || currency === 'GBP'
  return {
    name,
    currency,
    kind,
    institution: { id: FILE_INSTITUTION, name: institution ?? '', logo: '' },
    timeZone: zoneOf(iban, isBritish ? ['GB'] : []),
  }
}

/** The ids by which the space's banks are known to their providers. */
async function banksOf({ views }: Parts, spaceId: string): Promise<string[]> {
  const rows = await views.connections.find({ where: { spaceId }, limit: maxBanks })
  return [...new Set(rows.map(({ institutionId }) => institutionId))]
}

async function identityOf(
  parts: Parts,
  spaceId: string,
  { identifiers, banks }: { identifiers: Record<string, string>; banks: readonly string[] },
  currency: string,
): Promise<StatementIdentity> {
  const { iban, sortCodeAccount: scan, maskedPan, bban, other } = identifiers
  // As of a bank's own details, so that a file and a provider know the same account by the same fingerprint.
  const account = Buffer.from(JSON.stringify({ account: { iban, scan, maskedPan, currency } }))
  const plainAt = (bank: string) => fingerprintsOf(account, Buffer.from('{}'), bank, currency)
  const isWeak = (one: string) => one.startsWith('pan:')
  const plain = plainAt(FILE_INSTITUTION)
  const own = [`bban:${bban ?? ''}`, `other:${other ?? ''}`].filter((one) => !one.endsWith(':'))
  const hashed = (ones: readonly string[]) => Promise.all(ones.map((one) => parts.keys.fingerprint(spaceId, one)))
  return {
    currency,
    strong: await hashed(plain.filter((one) => !isWeak(one))),
    weak: await hashed([...plain.filter(isWeak), ...own.map((one) => `file:${one.replace(/\s/g, '')}:${currency}`)]),
    hints: await hashed(banks.flatMap((bank) => plainAt(bank).filter(isWeak))),
  }
}
