import { DomainError, type LinkedAccount, refuse } from '@pf/contracts'
import { type BankFeed, fingerprintsOf, ProviderError, readDetails } from '@pf/providers'
import { type Arrival, accountOf } from '../domain/account-book.ts'
import type { Connection } from '../domain/connection.ts'
import { zoneOf } from '../domain/time-zone.ts'
import { derivedUuid, sha256 } from './hashing.ts'
import { configured } from './institutions.ts'
import type { Parts } from './parts.ts'
import { asking, providerRefusal } from './provider-refusal.ts'

type Granted = {
  spaceId: string
  requisitionId: string
  providerAccountIds: readonly string[]
  state: Exclude<Connection, { status: 'unknown' | 'removed' }>
}
/** One account as the bank describes it; `plain` is the JSON document that is kept. */
type Described = { providerAccountId: string; arrival: Arrival; timeZone: string; plain: Uint8Array }

const noDetails = new TextEncoder().encode('{}')

/**
 * The accounts of a consent: described by the bank, recognised (or opened) in the space's account book, and what the bank
 * said of each kept under the account's key before any event tells of it. Repeating it changes nothing.
 * Throws provider_unavailable, provider_refused, account_ambiguous.
 */
export async function linkedAccounts(parts: Parts, granted: Granted): Promise<LinkedAccount[]> {
  const { spaceId, requisitionId, state } = granted
  const feed = configured(parts.providers, state.provider)
  const { countries } = await asking(feed.institution(state.institution.id))
  const described: Described[] = []
  for (const id of granted.providerAccountIds) {
    const account = await describeAccount(parts, feed, id, { spaceId, requisitionId, countries })
    // What cannot be read at all keeps no other account from being linked (gocardless.md §7, `resource_unavailable`).
    if (account !== undefined) described.push(account)
  }
  if (described.length === 0) {
    throw refuse('provider_refused', 'The bank says of no account in which currency it is; none can be read.')
  }
  const arrivals = described.map(({ arrival }) => arrival)
  const { state: book } = await parts.accountBook.handle(
    { spaceId, aggregateId: spaceId },
    { type: 'RecogniseAccounts', spaceId, arrivals, at: parts.clock.now().toISOString() },
    { commandId: `recognise:${requisitionId}:${sha256(JSON.stringify(arrivals))}` },
  )
  const accounts = new Map<string, LinkedAccount>()
  for (const { providerAccountId, arrival, timeZone, plain } of described) {
    const accountId = accountOf(arrival, book)
    if (accountId === undefined) throw new TypeError('An account that was just recognised is not in the account book.')
    // A bank that lists one account twice: the first is taken.
    if (accounts.has(accountId)) continue
    const details = await keepDetails(parts, spaceId, accountId, plain)
    accounts.set(accountId, { accountId, providerAccountId, currency: arrival.currency, timeZone, details })
  }
  return [...accounts.values()]
}

async function describeAccount(
  parts: Parts,
  feed: BankFeed,
  providerAccountId: string,
  { spaceId, requisitionId, countries }: { spaceId: string; requisitionId: string; countries: readonly string[] },
): Promise<Described | undefined> {
  const metadata = await asking(feed.account(providerAccountId))
  if (metadata.status === 'discovered' || metadata.status === 'processing') {
    throw new DomainError('provider_unavailable', 'The provider is still preparing an account.', {
      retryAfterSeconds: 30,
    })
  }
  const details = await detailsOf(feed, providerAccountId)
  const read = readDetails(metadata.raw, details)
  if (read.currency === undefined) return undefined
  const plainIdentifiers = fingerprintsOf(details, metadata.raw, metadata.institutionId, read.currency)
  const fingerprints = await Promise.all(plainIdentifiers.map((one) => parts.keys.fingerprint(spaceId, one)))
  const freshId = derivedUuid('account', spaceId, requisitionId, providerAccountId)
  return {
    providerAccountId,
    arrival: { freshId, currency: read.currency, fingerprints },
    timeZone: zoneOf(read.iban, countries),
    // The raw bodies, byte for byte, inside one document.
    plain: Buffer.concat([
      Buffer.from('{"metadata":'),
      metadata.raw,
      Buffer.from(',"details":'),
      details,
      Buffer.from('}'),
    ]),
  }
}

/** A bank that will not say more of an account (or no more today) does not keep it from being linked. */
async function detailsOf(feed: BankFeed, providerAccountId: string): Promise<Uint8Array> {
  try {
    return (await feed.details(providerAccountId)).body
  } catch (error) {
    const unavailable = error instanceof ProviderError && error.action
    if (unavailable === 'resource_unavailable' || unavailable === 'wait_until_reset') return noDetails
    throw providerRefusal(error)
  }
}

async function keepDetails(parts: Parts, spaceId: string, accountId: string, plain: Uint8Array) {
  const hash = sha256(plain)
  const key = `raw/${spaceId}/${accountId}/details-${hash}.zst`
  await parts.keys.createAccountKey(spaceId, accountId)
  await parts.objects.put(key, await parts.keys.sealObject(spaceId, accountId, plain), { ifAbsent: true })
  return { key, sha256: hash, bytes: plain.byteLength }
}
