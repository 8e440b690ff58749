import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LakeFile, type LedgerEvent, ledgerEvents, type Principal, requests } from '@pf/contracts'
import { createCommandHandler, type Decider } from '@pf/eventing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { type AnalyticsOptions, startAnalytics } from '../start.ts'
import { type LakeFolder, openLakeFolder, uuid } from './lake.ts'

type Rows = Parameters<LakeFolder['write']>

/** A ledger that believes what it is told: storage's own rules are storage's to prove. */
const credulous: Decider<object, LedgerEvent[], LedgerEvent> = {
  initial: {},
  decide: (events) => events,
  evolve: (state) => state,
}

/** The service on the memory platform, with a lake that specs write to. */
export class RunningAnalytics {
  readonly platform: Platform
  readonly principal: Principal
  readonly #lake: LakeFolder
  readonly #options: AnalyticsOptions
  #service: Service | undefined

  private constructor(platform: Platform, principal: Principal, lake: LakeFolder, options: AnalyticsOptions) {
    this.platform = platform
    this.principal = principal
    this.#lake = lake
    this.#options = options
  }

  static async start(options: AnalyticsOptions = {}): Promise<RunningAnalytics> {
    const platform = await createMemoryPlatform()
    const running = new RunningAnalytics(platform, await newPrincipal(platform), await openLakeFolder(), options)
    await running.startAgain()
    return running
  }

  async startAgain(): Promise<void> {
    this.#service = await startAnalytics(this.platform, this.#options)
  }
  async stop(): Promise<void> {
    await this.#service?.stop()
    this.#service = undefined
  }
  async end(): Promise<void> {
    await this.stop()
    await this.platform.close()
    this.#lake.remove()
  }

  get martFolder(): string {
    return join(this.platform.config.dataDir, 'marts', this.principal.spaceId)
  }
  get martPath(): string {
    return join(this.martFolder, 'mart.duckdb')
  }
  newPrincipal(): Promise<Principal> {
    return newPrincipal(this.platform)
  }

  /** What storage appends when a response became rows. */
  store(accountId: string, ...rows: Rows): Promise<string> {
    return storeRows(this.platform, this.#lake, { spaceId: this.principal.spaceId, accountId }, ...rows)
  }
  /** Every file of the lake is gone from the object store. */
  async loseLake(): Promise<void> {
    const keys: string[] = []
    for await (const { key } of this.platform.objects.list('lake/')) keys.push(key)
    for (const key of keys) await this.platform.objects.delete(key)
  }

  /** Transactions that every answer shows now. */
  async count(): Promise<number> {
    const { principal } = this
    const { totals } = await this.platform.bus.call(
      requests.analytics.transactions,
      {},
      { principal, deadlineMs: 60_000 },
    )
    return totals?.count ?? 0
  }
}

/** Files in the object store and an event that names them, as storage leaves them; answers the sync's id. */
export async function storeRows(
  platform: Platform,
  lake: LakeFolder,
  { spaceId, accountId }: { spaceId: string; accountId: string },
  ...rows: Rows
): Promise<string> {
  const syncId = randomUUID()
  const events = [syncStored(syncId, accountId, await putRows(platform, lake, ...rows))]
  await credulousLedger(platform).handle({ spaceId, aggregateId: accountId }, events, { commandId: syncId })
  return syncId
}

/** Takes any events as they are. */
export function credulousLedger({ eventLog: log, keys: sealer, clock, ids }: Platform) {
  return createCommandHandler({ ...ledgerEvents, decider: credulous }, { log, sealer, clock, ids })
}

export async function putRows({ objects }: Platform, lake: LakeFolder, ...rows: Rows): Promise<LakeFile[]> {
  const files: LakeFile[] = []
  for (const { key, dataset, path, rows: count } of await lake.write(...rows)) {
    if (dataset === 'syncs') throw new Error('TransactionsStored names no logs of syncs.')
    const bytes = readFileSync(path)
    await objects.put(key, bytes)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    files.push({ dataset, schemaVersion: 1, key, sha256, rows: count, bytes: bytes.length })
  }
  return files
}

export async function newPrincipal(platform: Platform): Promise<Principal> {
  const made = { userId: platform.ids.uuid(), spaceId: platform.ids.uuid(), sessionId: 'session', roles: [] }
  await platform.keys.createSpaceKey(made.spaceId)
  return made
}

export const syncStored = (syncId: string, accountId: string, files: LakeFile[]): LedgerEvent => ({
  type: 'TransactionsStored',
  data: {
    syncId,
    runId: uuid(1),
    connectionId: uuid(2),
    accountId,
    window: { from: '2026-05-01', to: '2026-05-31' },
    files,
    counts: { observed: 1, added: 1, updated: 0, unchanged: 0, held: 0 },
    vanished: 0,
    normaliserVersion: 1,
    identityVersion: 1,
    decisionSeq: 1,
    storedAt: '2026-05-31T08:00:00.000Z',
  },
})

/** What `ask` answers once `holds`; throws with the last answer after a minute. */
export async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(answer)} after a minute.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
