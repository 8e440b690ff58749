import { DomainError, type LeftOutReason, type LinkedAccount } from '@pf/contracts'
import { derivedUuid, sha256 } from '@pf/eventing'
import {
  type AccountDetails,
  type AccountMetadata,
  type BankFeed,
  fingerprintsOf,
  ProviderError,
  readDetails,
  UnreadablePayload,
} from '@pf/providers'
import { type Arrival, recognition } from '../domain/account-book.ts'
import type { Connection } from '../domain/connection.ts'
import type { Examined } from '../domain/connection-commands.ts'
import { zoneOf } from '../domain/time-zone.ts'
import { configured } from './institutions.ts'
import type { Parts } from './parts.ts'
import { asking, providerRefusal } from './provider-refusal.ts'

type Granted = {
  spaceId: string
  connectionId: string
  requisitionId: string
  providerAccountIds: readonly string[]
  state: Exclude<Connection, { status: 'unknown' | 'removed' }>
}
type Consent = Granted & { feed: BankFeed; countries: readonly string[]; bic: string }
/** An account as the bank describes it: `read` of the two raw bodies. */
type Described = { metadata: AccountMetadata; details: Uint8Array; read: AccountDetails }

/**
 * The accounts of a consent, each once: described by the bank, recognised (or opened) in the space's account book, and what
 * the bank said of each kept under the account's key before any event tells of it. An account that cannot be read or told
 * apart is left out with its reason. Repeating it asks no second time for details that were kept.
 * Throws provider_unavailable (the same may be asked again), provider_refused.
 */
export async function examinedAccounts(parts: Parts, granted: Granted): Promise<Examined[]> {
  const { state, providerAccountIds } = granted
  const known = new Map(state.awaiting?.examined.map((one) => [one.providerAccountId, one]))
  const feed = await configured(parts.providers, state.provider)
  const { countries, bic } = await asking(feed.institution(state.institution.id))
  // Metadata costs no quota: an account that is still being prepared stops the round before any details are spent.
  const metadata = new Map<string, AccountMetadata>()
  for (const id of providerAccountIds) if (!known.has(id)) metadata.set(id, await readyAccount(feed, id))
  for (const [id, account] of metadata)
    known.set(id, await examine(parts, id, account, { ...granted, feed, countries, bic }))
  return onceEach(providerAccountIds.flatMap((id) => known.get(id) ?? []))
}

/** A bank that lists one account twice: the first is taken. */
function onceEach(examined: readonly Examined[]): Examined[] {
  const taken = new Set<string>()
  return examined.filter((one) => {
    const key = 'accountId' in one ? one.accountId : one.providerAccountId
    return !taken.has(key) && taken.add(key)
  })
}

async function readyAccount(feed: BankFeed, providerAccountId: string): Promise<AccountMetadata> {
  const metadata = await asking(feed.account(providerAccountId))
  return metadata.status === 'discovered' || metadata.status === 'processing' ? wait() : metadata
}

function wait(): never {
  throw new DomainError('provider_unavailable', 'The bank is still preparing the accounts. Try again in a minute.', {
    retryAfterSeconds: 30,
  })
}

async function examine(
  parts: Parts,
  providerAccountId: string,
  metadata: AccountMetadata,
  consent: Consent,
): Promise<Examined> {
  const { spaceId, connectionId, requisitionId } = consent
  const previous = previousOf(consent.state, providerAccountId)
  const details = await detailsOf(consent.feed, providerAccountId)
  // What the bank said of it under the previous consent holds until it says more; nothing was spent, so nothing is noted.
  if (details === undefined) return previous ?? { providerAccountId, reason: 'account_details_unavailable' }
  const read = readable(metadata, details)
  const described = read === undefined ? undefined : { metadata, details, read }
  const found = await foundOf(parts, { providerAccountId, previous, described }, consent)
  await parts.connections.handle(
    { spaceId, aggregateId: connectionId },
    { type: 'RecordExamination', connectionId, requisitionId, found },
    { commandId: `examined:${freshIdOf(consent, providerAccountId)}` },
  )
  return found
}

async function foundOf(
  parts: Parts,
  account: { providerAccountId: string; previous: LinkedAccount | undefined; described: Described | undefined },
  consent: Consent,
): Promise<Examined> {
  const { providerAccountId, previous, described } = account
  const leftOut = (reason: LeftOutReason) => ({ providerAccountId, reason })
  if (described === undefined) return previous ?? leftOut('account_details_unavailable')
  const currency = described.read.currency ?? previous?.currency
  if (currency === undefined) return leftOut('account_currency_unknown')
  const { spaceId } = consent
  const arrival = await arrivalOf(parts, { ...account, described }, currency, consent)
  const recognise = async (commandId: string) => {
    const { state: book } = await parts.accountBook.handle(
      { spaceId, aggregateId: spaceId },
      { type: 'RecogniseAccounts', spaceId, arrivals: [arrival], at: parts.clock.now().toISOString() },
      { commandId },
    )
    return recognition(arrival, book)
  }
  const commandId = `recognise:${consent.requisitionId}:${sha256(JSON.stringify([arrival]))}`
  let recognised = await recognise(commandId)
  // An earlier attempt had it recognised as an account that was erased since.
  if (recognised.as === 'new') recognised = await recognise(`${commandId}:${parts.freshId()}`)
  switch (recognised.as) {
    case 'ambiguous':
      return leftOut('account_ambiguous')
    case 'unidentified':
      return leftOut('account_unidentified')
    case 'new':
      throw new TypeError('An account that was just recognised is not in the account book.')
    case 'known': {
      const { accountId } = recognised
      const { iban } = described.read
      const timeZone = (iban === undefined ? previous?.timeZone : undefined) ?? zoneOf(iban, consent.countries)
      const details = await keepDetails(parts, spaceId, accountId, described)
      return { accountId, providerAccountId, currency, timeZone, details }
    }
  }
}

async function arrivalOf(
  parts: Parts,
  account: { providerAccountId: string; previous: LinkedAccount | undefined; described: Described },
  currency: string,
  consent: Consent,
): Promise<Arrival> {
  const { providerAccountId, previous, described } = account
  const { metadata, details } = described
  const identifiers = new Set(fingerprintsOf(details, metadata.raw, metadata.institutionId, currency))
  // Providers have ids of their own for a bank: what a bank's name stands in goes by its BIC as well.
  const bank = consent.bic.slice(0, 8).toUpperCase()
  if (bank.length === 8) for (const one of fingerprintsOf(details, metadata.raw, bank, currency)) identifiers.add(one)
  return {
    freshId: freshIdOf(consent, providerAccountId),
    currency,
    fingerprints: await Promise.all([...identifiers].map((one) => parts.keys.fingerprint(consent.spaceId, one))),
    ...(previous === undefined ? {} : { knownAs: previous.accountId }),
    renewal: 'consent' in consent.state,
  }
}

const freshIdOf = ({ spaceId, requisitionId }: Granted, providerAccountId: string): string =>
  derivedUuid('account', spaceId, requisitionId, providerAccountId)

/** The account that the connection's previous consent had under the same handle of the provider. */
function previousOf(state: Granted['state'], providerAccountId: string): LinkedAccount | undefined {
  const accounts = 'consent' in state ? state.consent.accounts : []
  return accounts.find((account) => account.providerAccountId === providerAccountId)
}

/** Undefined where the bank will not describe the account (gocardless.md §7); that keeps no other from being linked. */
async function detailsOf(feed: BankFeed, providerAccountId: string): Promise<Uint8Array | undefined> {
  try {
    return (await feed.details(providerAccountId)).body
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    if (error.action === 'wait_until_reset') throw usedUp(error)
    if (error.action === 'pause_and_check_account')
      return (await isComing(feed, providerAccountId)) ? wait() : undefined
    if (silences.has(error.action) || error.code === 'scope_missing') return undefined
    throw providerRefusal(error)
  }
}

/** A refusal of details alone may be a passing one: what the provider says of the account itself tells, and costs nothing. */
async function isComing(feed: BankFeed, providerAccountId: string): Promise<boolean> {
  const { status } = await asking(feed.account(providerAccountId))
  return status === 'ready' || status === 'processing' || status === 'discovered'
}

const silences = new Set<ProviderError['action']>(['resource_unavailable', 'close_account'])

function usedUp(error: ProviderError): DomainError {
  const { retryAfterSeconds = 3600 } = error
  const minutes = Math.ceil(retryAfterSeconds / 60)
  const span = minutes > 90 ? `${Math.ceil(minutes / 60)} hours` : `${minutes} minutes`
  return new DomainError(
    'provider_unavailable',
    `All calls for the details of an account are used up for now. Try again in about ${span}, or begin anew then.`,
    { retryAfterSeconds, cause: error },
  )
}

/** Undefined for a body that is not what the bank promises. */
function readable(metadata: AccountMetadata, details: Uint8Array): AccountDetails | undefined {
  try {
    return readDetails(metadata.raw, details)
  } catch (error) {
    if (error instanceof UnreadablePayload) return undefined
    throw error
  }
}

/** The raw bodies, byte for byte, inside one document. */
async function keepDetails(parts: Parts, spaceId: string, accountId: string, { metadata, details }: Described) {
  const said = ['{"metadata":', metadata.raw, ',"details":', details, '}']
  const plain = Buffer.concat(said.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  const hash = sha256(plain)
  const key = `raw/${spaceId}/${accountId}/details-${hash}.zst`
  await parts.keys.createAccountKey(spaceId, accountId)
  await parts.objects.put(key, await parts.keys.sealObject(spaceId, accountId, plain), { ifAbsent: true })
  return { key, sha256: hash, bytes: plain.byteLength }
}
