import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Principal, requests } from '@pf/contracts'
import { startNats, startPostgres, type TestNats, type TestPostgres } from '@pf/eventing/testing'
import { openPlatform, platformConfig, type ServerPlatform, shardOf } from '@pf/service-kit'
import { AnalyticsProcess } from './testing/analytics-process.ts'
import { type LakeFolder, openLakeFolder, said, uuid } from './testing/lake.ts'
import { newPrincipal, storeRows, until } from './testing/running-analytics.ts'

/** Processes are started here, perhaps on a busy machine. */
const patienceMs = 240_000
const shards = 4
describe('two replicas of analytics', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let client: ServerPlatform
  let lake: LakeFolder
  let dataDir: string
  let environment: Record<string, string>
  const replicas: AnalyticsProcess[] = []
  const principals: Principal[] = []

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'pf-replicas-'))
    nats = await startNats()
    postgres = await startPostgres()
    lake = await openLakeFolder()
    environment = {
      PF_DATA_DIR: dataDir,
      NATS_URL: `nats://${nats.url}`,
      DATABASE_URL: postgres.url,
      PF_ANALYTICS_SHARDS: String(shards),
    }
    client = await openPlatform(platformConfig({ ...environment, LOG_LEVEL: 'silent' }), { name: 'client' })
  }, patienceMs)
  afterAll(async () => {
    for (const replica of replicas) await replica.kill()
    await client?.close()
    await nats?.stop()
    await postgres?.stop()
    lake?.remove()
    rmSync(dataDir, { recursive: true, force: true })
  }, patienceMs)

  /** Each with a folder of marts of its own. */
  function start(name: string): AnalyticsProcess {
    const replica = new AnalyticsProcess({ ...environment, PF_MARTS_DIR: join(dataDir, name) })
    replicas.push(replica)
    return replica
  }

  const store = (n: number) =>
    Promise.all(
      principals.map(({ spaceId }) =>
        storeRows(
          client,
          lake,
          { spaceId, accountId: uuid(10) },
          said({ id: n, account: uuid(10), date: '2026-05-03', minor: -n }),
        ),
      ),
    )
  /** Rows that each space's answer shows; undefined while nobody answers for its shard. */
  const counts = () =>
    Promise.all(
      principals.map((principal) =>
        client.bus
          .call(requests.analytics.transactions, {}, { principal, deadlineMs: 20_000 })
          .then(({ totals }) => totals?.count ?? 0)
          .catch(() => undefined),
      ),
    )
  const allShow = (rows: number) => until(counts, (found) => found.every((count) => count === rows))
  const spacesIn = (name: string) => {
    const folder = join(dataDir, name)
    const found = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
    const spaces = found.filter((entry) => entry.isDirectory() && !['copies', 'exports'].includes(entry.name))
    return spaces.map((entry) => entry.name)
  }

  it(
    'share the shards, answer for each other when one is killed, and never both have a space open',
    async () => {
      for (let n = 0; n < 3 * shards; n++) principals.push(await newPrincipal(client))
      expect(new Set(principals.map(({ spaceId }) => shardOf(spaceId, shards))).size).toBeGreaterThan(1)
      const [a, b] = [start('a'), start('b')]
      await until(async () => [a, b].every(({ ready }) => ready), Boolean)
      await until(
        async () => a.held.size + b.held.size,
        (held) => held === shards,
      )
      expect([...a.held].filter((shard) => b.held.has(shard))).toEqual([])

      await store(1)
      await allShow(1)
      expect(spacesIn('a').filter((space) => spacesIn('b').includes(space))).toEqual([])

      const [killed, other, name] = a.held.size > b.held.size ? ([a, b, 'a'] as const) : ([b, a, 'b'] as const)
      await killed.kill()
      await allShow(1)
      await store(2)
      await allShow(2)
      expect(other.held.size).toBe(shards)

      // Its marts are as they were when it was killed: what the log names meanwhile is loaded when they are opened.
      const again = start(name)
      await until(async () => again.ready, Boolean)
      expect(again.held.size).toBe(0)
      await other.kill()
      await allShow(2)
      await store(3)
      await allShow(3)
      expect(again.held.size).toBe(shards)
    },
    patienceMs,
  )
})
