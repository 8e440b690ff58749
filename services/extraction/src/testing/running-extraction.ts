import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type AggregateDeclaration,
  type AnyEvent,
  type ConnectionEvent,
  connectionEvents,
  type FeedEvent,
  feedEvents,
  type LedgerEvent,
  ledgerEvents,
  type MartEvent,
  martEvents,
  type Principal,
} from '@pf/contracts'
import { type Clock, createCommandHandler } from '@pf/eventing'
import { type BankFeed, openProviders, type Providers, providerInstances } from '@pf/providers'
import { startSandboxBank } from '@pf/sandbox-bank'
import type { Platform } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { startExtraction } from '../start.ts'

export type RunningExtraction = {
  platform: Platform
  providers: Providers
  bank: BankFeed
  /** Accounts as the provider knows them, linked. */
  accounts: { accountId: string; providerAccountId: string }[]
  connectionId: string
  /** Of the consent that stands. */
  requisitionId: string
  agreementId: string
  /** Another consent at the same bank, with accounts of its own ids: what is read while the first one is not. */
  linkNeighbour(): Promise<{ accountId: string; providerAccountId: string }[]>
  /** Puts another feed between the service and the bank. */
  through(wrap: (feed: BankFeed) => BankFeed): void
  control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** Moves the bank's day, and the service's idea of it. */
  advance(days: number): Promise<void>
  /** The service stops, and one with these providers takes its place. */
  restart(providers: Providers): Promise<void>
  /** What storage and analytics would say of a fetched sync. */
  store(syncId: string, accountId: string): Promise<void>
  eventsOf(accountId: string): Promise<FeedEvent[]>
  stop(): Promise<void>
}

export const principal: Principal = {
  userId: '018f0000-0000-7000-8000-00000000b001',
  spaceId: '018f0000-0000-7000-8000-00000000a001',
  sessionId: 's-1',
  roles: [],
}
const { spaceId } = principal
export const connectionId = '018f0000-0000-7000-8000-00000000c001'
const neighbourId = '018f0000-0000-7000-8000-00000000c002'
const accountIdOf = (n: number) => `018f0000-0000-7000-8000-00000000d00${n}`
const firstNeighbour = 5

type World = { control: RunningExtraction['control']; bank: BankFeed; platform: Platform }

export type RunOptions = {
  open?: (sandboxUrl: string) => Promise<Platform>
  /** The bank that is linked; default the demo's. Another one has no accounts before its world is reset to it. */
  institutionId?: string
}

/** The service on a platform (in memory unless told), the real sandbox bank, one linked connection. Neighbours' facts are written by hand. */
export async function runExtraction(options: RunOptions = {}): Promise<RunningExtraction> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-extraction-'))
  const sandbox = await startSandboxBank({ port: 0, dataDir })
  const control = async (method: string, path: string, body?: unknown) => {
    const json =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, { method, ...json })
    return (await answer.json()) as Record<string, unknown>
  }
  const clock: Clock = { now: () => new Date() }
  const open = options.open ?? ((sandboxUrl) => createMemoryPlatform({ clock, config: { sandboxUrl } }))
  const platform = await open(sandbox.url)
  await platform.keys.createSpaceKey(spaceId)
  const real = openProviders(providerInstances(platform.config), { clock, secrets: platform.secrets })
  const bank = real.find('sandbox')!
  let asked = bank
  const providers: Providers = { ...real, find: (id) => (id === 'sandbox' ? asked : real.find(id)) }
  const timing = { random: Math.random, wait: async () => {} }
  let service = await startExtraction(platform, { providers, tickMs: 20, timing })
  const { accounts, requisitionId, agreementId } = await linkAccounts(
    { control, bank, platform },
    { institutionId: options.institutionId, connectionId, from: 0, reconfirmation: true },
  )
  return {
    platform,
    providers,
    bank,
    ...{ accounts, connectionId, requisitionId, agreementId },
    async linkNeighbour() {
      const at = { institutionId: options.institutionId, connectionId: neighbourId, from: firstNeighbour }
      return (await linkAccounts({ control, bank, platform }, { ...at, reconfirmation: false })).accounts
    },
    through(wrap) {
      asked = wrap(bank)
    },
    control,
    async advance(days) {
      await control('POST', 'clock', { advance_days: days })
      providers.forgetOffsets()
    },
    async restart(others) {
      await service.stop()
      service = await startExtraction(platform, { providers: others, tickMs: 20, timing })
    },
    store: (syncId, accountId) => storeAndShow(platform, syncId, accountId),
    eventsOf: (accountId) => readAll<FeedEvent>(platform, feedEvents, accountId),
    async stop() {
      await service.stop()
      await platform.close()
      await sandbox.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A writer of facts: the neighbour's service without its rules. */
export async function record<Event extends AnyEvent>(
  { eventLog: log, keys: sealer, clock, ids }: Platform,
  declaration: AggregateDeclaration,
  aggregateId: string,
  events: Event[],
): Promise<void> {
  const decider = { initial: null, decide: (said: Event[]) => said, evolve: () => null }
  const writer = createCommandHandler<null, Event[], Event>({ ...declaration, decider }, { log, sealer, clock, ids })
  await writer.handle({ spaceId, aggregateId }, events, { commandId: ids.uuid() })
}

async function readAll<Event extends AnyEvent>(
  { eventLog: log, keys: sealer, clock, ids }: Platform,
  declaration: AggregateDeclaration,
  aggregateId: string,
): Promise<Event[]> {
  const seen: Event[] = []
  const evolve = (_: null, event: Event) => {
    seen.push(event)
    return null
  }
  const decider = { initial: null, decide: (): Event[] => [], evolve }
  await createCommandHandler({ ...declaration, decider }, { log, sealer, clock, ids }).load({ spaceId, aggregateId })
  return seen
}

type Wanted = { institutionId: string | undefined; connectionId: string; from: number; reconfirmation: boolean }

async function linkAccounts(
  { control, bank, platform }: World,
  { institutionId = 'SANDBOXFINANCE_SFIN0000', connectionId, from, reconfirmation }: Wanted,
): Promise<Pick<RunningExtraction, 'accounts' | 'requisitionId' | 'agreementId'>> {
  const institution = await bank.institution(institutionId)
  const created = await bank.createLink({
    institutionId: institution.id,
    redirect: 'http://localhost:3000/api/connections/callback',
    reference: platform.ids.uuid(),
    historyDays: institution.maxHistoryDays,
    consentDays: institution.maxConsentDays,
    reconfirmation,
  })
  await control('POST', `consents/${created.requisitionId}`, { decision: 'grant' })
  const link = await bank.readLink(created.requisitionId)
  const accounts = link.accounts.map((providerAccountId, n) => ({
    accountId: accountIdOf(from + n),
    providerAccountId,
  }))
  for (const { accountId } of accounts) await platform.keys.createAccountKey(spaceId, accountId)
  const now = platform.clock.now().toISOString()
  await record<ConnectionEvent>(platform, connectionEvents, connectionId, [
    {
      type: 'ConnectionRequested',
      data: {
        connectionId,
        spaceId,
        provider: 'sandbox',
        institution: { id: institution.id, name: institution.name, logo: '' },
        requestedBy: principal.userId,
        requestedAt: now,
      },
    },
    {
      type: 'RequisitionLinked',
      data: {
        connectionId,
        requisitionId: created.requisitionId,
        accounts: accounts.map((account) => ({
          ...account,
          currency: 'GBP',
          timeZone: 'Europe/London',
          details: { key: 'raw/none', sha256: '0'.repeat(64), bytes: 0 },
        })),
        historyDays: created.historyDays,
        grantedAt: link.grantedAt ?? now,
        expiresAt: link.expiresAt ?? now,
      },
    },
  ])
  return { accounts, requisitionId: created.requisitionId, agreementId: created.agreementId }
}

async function storeAndShow(platform: Platform, syncId: string, accountId: string): Promise<void> {
  const events = await readAll<FeedEvent>(platform, feedEvents, accountId)
  const fetched = events.find((event) => event.type === 'TransactionsFetched' && event.data.syncId === syncId)
  if (fetched?.type !== 'TransactionsFetched') throw new Error(`Sync ${syncId} fetched nothing.`)
  const now = platform.clock.now().toISOString()
  const { runId, window } = fetched.data
  await record<LedgerEvent>(platform, ledgerEvents, accountId, [
    {
      type: 'TransactionsStored',
      data: {
        syncId,
        runId,
        connectionId,
        accountId,
        window,
        files: [],
        counts: { observed: 2, added: 2, updated: 0, unchanged: 0, held: 0 },
        vanished: 0,
        normaliserVersion: 1,
        identityVersion: 1,
        decisionSeq: 2,
        storedAt: now,
      },
    },
  ])
  await record<MartEvent>(platform, martEvents, spaceId, [
    {
      type: 'MartsMaterialised',
      data: { spaceId, syncs: [{ syncId, accountId }], storagePosition: 1, files: 0, months: [], builtAt: now },
    },
  ])
}
