import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '@duckdb/node-api'
import {
  type AggregateDeclaration,
  type AnyEvent,
  connectionEvents,
  type FeedAccount,
  type FeedEvent,
  feedEvents,
  type LedgerEvent,
  ledgerEvents,
  type RawRef,
  type RunEvent,
  runEvents,
} from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import type { Platform } from '@pf/service-kit'
import { compactLake } from '../application/compact-lake.ts'
import { sweepLake } from '../application/sweep-lake.ts'
import { defaultLakeBounds } from '../bounds.ts'
import { type BankRow, bankAnswer, ids } from '../domain/builders.ts'
import { storageParts } from '../start-storage.ts'

const spaceId = ids.space
const accountId = ids.account
const account: FeedAccount = {
  accountId,
  connectionId: ids.connection,
  provider: 'sandbox',
  providerAccountId: 'provider-account-1',
  institutionId: 'TEST_BANK',
  currency: 'GBP',
  timeZone: 'Europe/London',
  historyDays: 90,
}
export const window = { from: '2026-10-01', to: '2026-10-31' }

/** The services before storage: they land raw objects and append what they know. */
export function upstream(platform: Platform) {
  const { eventLog: log, keys, objects, clock, ids: newIds } = platform
  const append = async (declaration: AggregateDeclaration, aggregateId: string, events: AnyEvent[]) => {
    const decider = { initial: null, decide: (given: AnyEvent[]) => given, evolve: () => null }
    const aggregate = createCommandHandler({ ...declaration, decider }, { log, sealer: keys, clock, ids: newIds })
    await aggregate.handle({ spaceId, aggregateId }, events, { commandId: newIds.uuid() })
  }
  const land = async (name: string, content: object): Promise<RawRef> => {
    const plain = Buffer.from(JSON.stringify(content))
    const key = `raw/${spaceId}/${accountId}/${name}.zst`
    await objects.put(key, await keys.sealObject(spaceId, accountId, plain))
    return { key, sha256: createHash('sha256').update(plain).digest('hex'), bytes: plain.length }
  }
  const at = { fetchedAt: '2026-10-31T08:00:00.000Z', bankNow: '2026-10-31T08:00:00.000Z' }
  const ofSync = (n: number) => ({
    syncId: ids.sync(n),
    runId: ids.run,
    connectionId: ids.connection,
    accountId,
    callId: ids.sync(900 + n),
    ...at,
  })
  return {
    land,
    async link() {
      await keys.createSpaceKey(spaceId)
      await keys.createAccountKey(spaceId, accountId)
      const details = await land('details', {
        metadata: { id: 'provider-account-1', status: 'READY', iban: 'GB33BUKB20201555555555' },
        details: { account: { name: 'Everyday', currency: 'GBP', cashAccountType: 'CACC', ownerName: 'Robin Holder' } },
      })
      const consent = { connectionId: ids.connection, requisitionId: 'req-1', historyDays: 90 }
      const linked = { accountId, providerAccountId: 'provider-account-1', currency: 'GBP', timeZone: 'Europe/London' }
      await append(connectionEvents, ids.connection, [
        {
          type: 'ConnectionRequested',
          data: {
            connectionId: ids.connection,
            spaceId,
            provider: 'sandbox',
            institution: { id: 'TEST_BANK', name: 'Test Bank', logo: 'https://bank.example/logo.png' },
            requestedBy: ids.run,
            requestedAt: '2026-10-31T07:00:00.000Z',
          },
        },
        {
          type: 'RequisitionLinked',
          data: {
            ...consent,
            accounts: [{ ...linked, details }],
            grantedAt: '2026-10-31T07:01:00.000Z',
            expiresAt: '2027-01-29T07:01:00.000Z',
          },
        },
      ])
    },
    /** What a sync's message says; `append` puts it into the log. */
    async transactions(n: number, booked: BankRow[], pending: BankRow[] = [], provider = account.provider) {
      const raw = await land(`call-${n}`, bankAnswer(booked, pending))
      const of = { ...account, provider }
      return { type: 'TransactionsFetched', data: { ...ofSync(n), account: of, window, raw } } satisfies FeedEvent
    },
    async balances(n: number, content: object) {
      return {
        type: 'BalancesFetched',
        data: { ...ofSync(n), raw: await land(`bal-${n}`, content) },
      } satisfies FeedEvent
    },
    append: (...events: FeedEvent[]) => append(feedEvents, accountId, events),
    /** Extraction's own words on a sync, from the request to its end; `fetched` is appended in between. */
    async sync(n: number, fetched: FeedEvent[], end: 'completed' | 'partial' | 'failed' = 'completed') {
      const { callId, fetchedAt, bankNow, ...of } = ofSync(n)
      const attempt = 0
      const asked = { runId: of.runId, syncId: of.syncId, account, trigger: 'user', attempt } as const
      await append(runEvents, of.runId, [
        { type: 'SyncRequested', data: { ...asked, requestedAt: '2026-10-31T07:59:00.000Z' } } satisfies RunEvent,
      ])
      const tell = (...events: FeedEvent[]) => append(feedEvents, accountId, events)
      await tell({ type: 'SyncStarted', data: { ...of, account, attempt, window, bankNow, startedAt: fetchedAt } })
      await tell({ type: 'CallIntended', data: { ...of, callId, scope: 'transactions', bankNow } })
      if (fetched.length > 0) await tell(...fetched)
      if (end === 'failed') {
        const failed = {
          code: 'no_answer',
          detail: 'It does not answer.',
          attempt,
          failedAt: '2026-10-31T08:01:00.000Z',
        }
        await tell({ type: 'SyncFailed', data: { ...of, ...failed } })
        return
      }
      const counts = { observed: fetched.length, added: fetched.length, updated: 0, unchanged: 0, held: 0 }
      await tell({ type: 'SyncStored', data: { ...of, window, counts, storedAt: '2026-10-31T08:00:30.000Z' } })
      await tell({ type: 'SyncCompleted', data: { ...of, status: end, completedAt: '2026-10-31T08:01:00.000Z' } })
    },
  }
}

export const interimBooked = {
  balances: [
    {
      balanceAmount: { amount: '1204.33', currency: 'GBP' },
      balanceType: 'interimBooked',
      referenceDate: '2026-10-31',
    },
  ],
}

/** The account's ledger as the log has it. */
export async function ledgerOf({ eventLog: log, keys: sealer, clock, ids: newIds }: Platform): Promise<LedgerEvent[]> {
  const decider = {
    initial: [] as LedgerEvent[],
    decide: (): LedgerEvent[] => [],
    evolve: (events: LedgerEvent[], event: LedgerEvent) => [...events, event],
  }
  const reader = createCommandHandler({ ...ledgerEvents, decider }, { log, sealer, clock, ids: newIds })
  return (await reader.load({ spaceId, aggregateId: accountId })).state
}

/** As the background does it in time: the account's small files become one each, and those of before are gone. */
export async function tendLake(platform: Platform): Promise<void> {
  const bounds = { ...defaultLakeBounds, compactFrom: 2, replacedForMs: 0, orphanForMs: 0 }
  const { objects, ids: newIds } = platform
  const parts = { ...storageParts(platform).fetched, objects, ids: newIds }
  await compactLake({ spaceId, accountId }, bounds, parts)
  await sweepLake(bounds, parts, new AbortController().signal)
}

/** DuckDB over the lake's folder, as any analyst would read it; `{dataset}` stands for its files. */
export async function askLake(platform: Platform, sql: string): Promise<Record<string, unknown>[]> {
  const folder = fileURLToPath(platform.config.objectStoreUrl)
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const located = sql.replaceAll(/\{(\w+)\}/g, (_, name) => `read_parquet('${folder}/lake/${name}/**/*.parquet')`)
  const rows = (await connection.runAndReadAll(located)).getRowObjectsJson()
  connection.closeSync()
  instance.closeSync()
  return rows
}

export const ledgerSql = `
    with latest as (
      select * from {decisions} qualify row_number() over (partition by transaction_id order by decision_seq desc) = 1
    )
    select latest.transaction_id, latest.status, latest.missing_upstream, latest.date::varchar as date,
      observations.amount::varchar as amount, observations.description
    from latest join {observations} as observations using (observation_id)
    where latest.status != 'gone' order by date, amount, description, missing_upstream`
