import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Principal, type Rest, requests } from '@pf/contracts'
import { startNats, startPostgres, type TestNats, type TestPostgres } from '@pf/eventing/testing'
import { openPlatform, platformConfig, type ServerPlatform } from '@pf/service-kit'
import { AnalyticsProcess } from './testing/analytics-process.ts'
import { type LakeFolder, openLakeFolder, said, uuid } from './testing/lake.ts'
import { newPrincipal, storeRows, until } from './testing/running-analytics.ts'

const { analytics } = requests
/** Processes are started here, perhaps on a busy machine. */
const patienceMs = 240_000
const syncs = 60

describe('a rebuild whose process is killed', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let client: ServerPlatform
  let lake: LakeFolder
  let dataDir: string
  let environment: Record<string, string>
  let principal: Principal
  const processes: AnalyticsProcess[] = []

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'pf-rebuild-'))
    nats = await startNats()
    postgres = await startPostgres()
    lake = await openLakeFolder()
    environment = { PF_DATA_DIR: dataDir, NATS_URL: `nats://${nats.url}`, DATABASE_URL: postgres.url }
    client = await openPlatform(platformConfig({ ...environment, LOG_LEVEL: 'silent' }), { name: 'client' })
    principal = await newPrincipal(client)
  }, patienceMs)
  afterAll(async () => {
    for (const one of processes) await one.kill()
    await client?.close()
    await nats?.stop()
    await postgres?.stop()
    lake?.remove()
    rmSync(dataDir, { recursive: true, force: true })
  }, patienceMs)

  async function start(): Promise<AnalyticsProcess> {
    const started = new AnalyticsProcess(environment)
    processes.push(started)
    await until(async () => started.ready, Boolean)
    return started
  }
  const store = (n: number) => {
    const row = said({ id: n, account: uuid(10), date: '2026-05-03', minor: -n })
    return storeRows(client, lake, { spaceId: principal.spaceId, accountId: uuid(10) }, row)
  }
  const count = async (): Promise<number> => {
    const { totals } = await client.bus.call(analytics.transactions, {}, { principal, deadlineMs: 30_000 })
    return totals?.count ?? 0
  }
  const rebuilt = (id: string): Promise<Rest.Rebuild> =>
    client.bus.call(analytics.getRebuild, { id }, { principal, deadlineMs: 30_000 })

  it(
    'goes on where it was when the process is back, and takes in what was stored meanwhile',
    async () => {
      const first = await start()
      for (let n = 1; n <= syncs; n++) await store(n)
      await until(count, (rows) => rows === syncs)
      const input = { rebuildId: uuid(1), commandId: 'rebuild' }
      const { id } = await client.bus.call(analytics.rebuild, input, { principal, deadlineMs: 30_000 })
      const seen = await until(
        () => rebuilt(id),
        ({ progress }) => progress.files_loaded > 0,
      )
      await first.kill()
      expect(seen.status).toBe('building')

      await store(syncs + 1)
      await start()
      const done = await until(
        () => rebuilt(id),
        ({ finished_at }) => finished_at !== null,
      )
      expect(done).toMatchObject({ status: 'switched', comparison: { same: true } })
      const table = done.comparison?.tables.find(({ name }) => name === 'fct_transactions')
      expect(table?.after.rows).toBeGreaterThanOrEqual(syncs)
      await until(count, (rows) => rows === syncs + 1)
    },
    patienceMs,
  )
})
