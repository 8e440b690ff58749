import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requests } from '@pf/contracts'
import { eventually, startNats, startPostgres } from '@pf/eventing/testing'
import { openPlatform, platformConfig } from '@pf/service-kit'
import { startConnection } from './start.ts'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

const operations = requests.connection
const principal = principalOf(1)
const id = '018f0000-0000-7000-8000-00000000c001'
let world: RunningConnection
/** What was started, ended in the other order, however far the start came. */
const undo: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-connection-servers-'))
  undo.unshift(() => rm(dataDir, { recursive: true, force: true }))
  const nats = await startNats()
  undo.unshift(() => nats.stop())
  const postgres = await startPostgres()
  undo.unshift(() => postgres.stop())
  const environment = { PF_DATA_DIR: dataDir, NATS_URL: `nats://${nats.url}`, DATABASE_URL: postgres.url }
  world = await runConnection({
    open: (sandboxUrl) => {
      const config = platformConfig({ ...environment, PF_SANDBOX_URL: sandboxUrl, LOG_LEVEL: 'silent' })
      return openPlatform(config, { name: 'connection' })
    },
  })
  undo.unshift(() => world.stop())
  const replica = await startConnection(world.platform, { providers: world.providers, watchEveryMs: 50 })
  undo.unshift(() => replica.stop())
}, 120_000)

afterAll(async () => {
  for (const step of undo) await step()
}, 60_000)

describe('two replicas on NATS and Postgres', () => {
  const get = () => world.platform.bus.call(operations.get, { id }, { principal })

  it('carry a consent from the wish to its accounts, and show it to its owner at once', async () => {
    const { bus } = world.platform
    const input = { institutionId: sandboxInstitution, provider: 'sandbox', commandId: 'c-1', connectionId: id }
    const { link, attempt } = await bus.call(operations.request, input, { principal })
    expect(await get()).toMatchObject({ status: 'pending' })
    const requisitionId = new URL(link).pathname.split('/')[3] ?? ''
    const { redirect } = await world.control('POST', `consents/${requisitionId}`, { decision: 'grant' })
    const reference = new URL(String(redirect)).searchParams.get('ref') ?? ''
    expect(await bus.call(operations.complete, { reference, attempt })).toMatchObject({ outcome: 'linked' })
    const view = await get()
    expect(view).toMatchObject({ status: 'active', demo: true })
    expect(view.consent?.expires_at).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/)
    const { items } = await bus.call(operations.accounts, { connectionId: id }, { principal })
    expect(items.map((item) => item.id).toSorted()).toEqual(view.accounts.toSorted())
    expect(await bus.call(operations.list, {}, { principal: principalOf(2) })).toEqual({ items: [] })
  })

  it('end the consent once when it has run out', async () => {
    await world.control('POST', 'clock', { advance_days: 181 })
    world.providers.forgetOffsets()
    await eventually(async () => expect(await get()).toMatchObject({ status: 'expired' }), 10_000)
  })

  it('delete the requisition of a removed bank at the provider', async () => {
    const { bus } = world.platform
    await bus.call(operations.remove, { id, erase: false, commandId: 'rm-1' }, { principal })
    await expect(get()).rejects.toMatchObject({ code: 'connection_not_found' })
    await eventually(async () => {
      const { items } = await world.control('GET', 'calls?method=DELETE')
      expect(items).toHaveLength(1)
    }, 10_000)
  })
})
