import { mkdtemp, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AccountBookEvent, accountBookEvents, requests, serviceNames } from '@pf/contracts'
import { createCommandHandler, projection, put } from '@pf/eventing'
import { startNats, startPostgres, type TestNats, type TestPostgres } from '@pf/eventing/testing'
import { awaitPrepared } from './await-prepared.ts'
import { type PlatformConfig, platformConfig } from './config/index.ts'
import { createLogger } from './logger.ts'
import { exposition, scrape } from './metrics/index.ts'
import { openPlatform } from './open-platform.ts'
import type { ServerPlatform } from './platform.ts'
import { prepareDatabase } from './prepare-database.ts'
import { afterOwnReadModel } from './read-your-writes.ts'
import { startProjections, startService } from './service.ts'
import { servicesReady } from './services-ready.ts'
import { type Line, startLine } from './testing/line.ts'

type Row = { accountId: string; spaceId: string; name: string }

const accountNames = projection<AccountBookEvent, Row>({
  name: 'account_names',
  version: 1,
  context: 'connection',
  table: {
    name: 'account_names',
    columns: { accountId: 'text', spaceId: 'text', name: 'text' },
    key: ['accountId'],
    space: 'spaceId',
  },
  on: { AccountRenamed: ({ accountId, name }, { spaceId }) => put({ accountId, spaceId, name }) },
})

const decider = {
  initial: undefined,
  decide: (data: { accountId: string; name: string }): AccountBookEvent[] => [{ type: 'AccountRenamed', data }],
  evolve: () => undefined,
}

async function eventually(holds: () => Promise<boolean>, deadlineMs = 20_000): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not happen within ${deadlineMs} ms.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('the platform on NATS and PostgreSQL', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let dataDir: string
  let config: PlatformConfig
  const opened: ServerPlatform[] = []
  const brokers: TestNats[] = []
  const lines: Line[] = []

  async function open(name: string): Promise<ServerPlatform> {
    const platform = await openPlatform(config, { name })
    opened.push(platform)
    return platform
  }

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'pf-platform-'))
    nats = await startNats()
    postgres = await startPostgres()
    config = platformConfig({
      PF_DATA_DIR: dataDir,
      NATS_URL: `nats://${nats.url}`,
      DATABASE_URL: postgres.url,
      LOG_LEVEL: 'silent',
    })
  }, 60_000)
  afterEach(async () => {
    for (const platform of opened.splice(0)) await platform.close()
    for (const broker of brokers.splice(0)) await broker.stop()
    for (const line of lines.splice(0)) line.cut()
  })
  afterAll(async () => {
    await nats?.stop()
    await postgres?.stop()
    await rm(dataDir, { recursive: true })
  })

  it('opens twice at once on an empty system, with one master key', async () => {
    const [one, other] = await Promise.all([open('one'), open('other')])
    expect((await stat(config.masterKeyFile)).mode & 0o777).toBe(0o600)
    const spaceId = one.ids.uuid()
    await one.keys.createSpaceKey(spaceId)
    const { keyId, bytes } = await one.keys.seal(spaceId, new Uint8Array([7]), 'here')
    expect(await other.keys.open(spaceId, keyId, bytes, 'here')).toEqual(new Uint8Array([7]))
  })

  it('carries a command to a read model and to who asks, and stops without a trace', async () => {
    const platform = await open('line')
    const views = await startProjections(platform, { accountNames })
    const service = await startService(platform, { name: 'connection', projections: views })
    const { eventLog: log, keys: sealer, clock, ids } = platform
    const [spaceId, accountId] = [ids.uuid(), ids.uuid()]
    await sealer.createSpaceKey(spaceId)
    const books = createCommandHandler({ ...accountBookEvents, decider }, { log, sealer, clock, ids })
    const at = { spaceId, aggregateId: spaceId }
    const { position } = await books.handle(at, { accountId, name: 'Savings' }, { commandId: ids.uuid() })
    expect(await afterOwnReadModel(views.accountNames.reader, position, 10_000)).toBeUndefined()
    const rows = await views.accountNames.reader.find({ where: { spaceId } })
    expect(rows).toEqual([{ accountId, spaceId, name: 'Savings' }])
    expect(await service.ready()).toEqual({
      disk: 'ok',
      masterKey: 'ok',
      nats: 'ok',
      postgres: 'ok',
      objects: 'ok',
      'projection accountNames': 'ok',
    })
    expect(await servicesReady(platform.bus)).toMatchObject({
      connection: 'ok',
      nats: 'ok',
      storage: 'bus: unavailable',
    })
    await service.stop()
  })

  it('says that the broker is away, and is well again when it is back', async () => {
    const platform = await open('patient')
    await nats.kill()
    await eventually(async () => (await platform.health())['nats'] !== 'ok')
    expect(await platform.health()).toMatchObject({ postgres: 'ok', objects: 'ok' })
    await nats.restart()
    await eventually(async () => (await platform.health())['nats'] === 'ok')
  }, 60_000)

  it('tells each dependency that is away, and that it is back', async () => {
    const line = await startLine(new URL(postgres.url))
    lines.push(line)
    const away = new URL(postgres.url)
    away.port = String(line.port)
    const platform = await openPlatform({ ...config, databaseUrl: away.href }, { name: 'watchful' })
    opened.push(platform)
    const objects = fileURLToPath(config.objectStoreUrl)
    const isWell = async () => Object.values(await platform.health()).every((state) => state === 'ok')
    expect(await isWell()).toBe(true)

    line.cut()
    await eventually(async () => (await platform.health())['postgres'] !== 'ok')
    await rename(objects, `${objects}.away`)
    await rename(config.masterKeyFile, `${config.masterKeyFile}.away`)
    expect(await platform.health()).toMatchObject({ nats: 'ok', objects: 'ENOENT', masterKey: 'ENOENT', disk: 'ok' })

    line.mend()
    await rename(`${objects}.away`, objects)
    await rename(`${config.masterKeyFile}.away`, config.masterKeyFile)
    await eventually(isWell)
  }, 60_000)

  it('is not ready from the first thing on that the broker does not permit', async () => {
    const narrow = await startNats({
      config: `authorization { users: [{ user: log, password: log, permissions: { publish: { deny: ["svc.auth.>", "_INBOX_gateway.>"] } } }] }`,
      as: { user: 'log', pass: 'log' },
    })
    brokers.push(narrow)
    const strict = { ...config, natsUrl: `nats://log:log@${narrow.url}` }
    const platform = await openPlatform(strict, { name: 'narrow' })
    opened.push(platform)
    // An answer to a question that the broker does not know of any more: nothing that a start anew would mend.
    platform.nats.publish('_INBOX_gateway.late', 'an answer')
    await platform.nats.flush()
    expect(await platform.health()).toMatchObject({ nats: 'ok' })
    // Long before its deadline: what is not permitted is no timeout.
    const refusal = platform.bus.call(requests.auth.keys, {}, { deadlineMs: 300_000 })
    await expect(refusal).rejects.toMatchObject({ code: 'internal', detail: expect.stringContaining('svc.auth.keys') })
    expect(await platform.health()).toMatchObject({ nats: 'NotPermitted', postgres: 'ok' })
    expect(await exposition(await scrape([platform.metrics]))).toContain(
      'pf_nats_permission_violations_total{service="narrow"} 1',
    )
  }, 60_000)

  it('is waited for by a service whose role the database does not know yet', async () => {
    for (const service of serviceNames) await writeFile(join(dataDir, service), `secret of ${service}`)
    const roles = { ...config, databaseSecretsDir: dataDir, natsSecretsDir: dataDir }
    const logger = createLogger({ name: 'spec', level: 'silent' })
    const wait = (signal: AbortSignal) => awaitPrepared(roles, { name: 'storage', logger, signal })
    await expect(wait(AbortSignal.timeout(1_500))).rejects.toMatchObject({ name: 'AbortError' })
    await prepareDatabase(roles)
    await wait(AbortSignal.timeout(30_000))
  }, 60_000)

  it('refuses to start without the master key of its vault, and leaves no connection behind', async () => {
    const kept = await open('keeper')
    await kept.keys.createSpaceKey(kept.ids.uuid())
    await unlink(config.masterKeyFile)
    await expect(openPlatform(config, { name: 'late' })).rejects.toMatchObject({ code: 'master_key_missing' })
    // The database notices a closed connection a moment later.
    await eventually(async () => {
      const sql = "select count(*)::int as open from pg_stat_activity where application_name = 'pf-late'"
      const [row] = await kept.orm.em.fork().execute<{ open: number }[]>(sql)
      return row?.open === 0
    })
  })
})
