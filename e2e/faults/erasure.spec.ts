import { createHash, randomUUID } from 'node:crypto'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { filesHolding, namedFor } from '../src/left-bytes.ts'
import { System } from '../src/system.ts'
import { type Marked, markBank, marked, password, unmarkBank } from './staging/marked.ts'

/** The bank's own files are the bank's; PostgreSQL's log of changes is recycled in its own time (ADR 16). */
const aside = ['sandbox', 'postgres/pg_wal']
const withinMs = 60_000

/** What somebody else sees: the same before and after. */
async function digestOf(client: Client): Promise<string> {
  const accounts = (await client.accounts()).map(({ id, name, balances, proof }) => ({ id, name, balances, proof }))
  const shown = [accounts, await client.transactions(), await client.get('/analytics/spending?group_by=month')]
  return createHash('sha256')
    .update(JSON.stringify(shown, (key, value) => (key === 'as_of' ? 0 : value)))
    .digest('hex')
}

async function expectNothingLeft(system: System, { marker, spaceId, username }: Marked): Promise<void> {
  await eventually(() => {
    expect(filesHolding(system.dataDir, marker, aside)).toEqual([])
    expect(namedFor(`${system.dataDir}/objects`, spaceId)).toEqual([])
    expect(namedFor(`${system.dataDir}/marts`, spaceId)).toEqual([])
    return true
  }, withinMs)
  const nobody = new Client(system)
  const refused = await nobody.call<Rest.Problem>('POST', '/auth/login', { username, password })
  expect([refused.status, refused.body.code]).toEqual([401, 'bad_credentials'])
}

async function expectSignedOut(client: Client): Promise<void> {
  await eventually(async () => (await client.call('GET', '/auth/me')).status === 401, 5_000)
}

describe('a user who is erased', () => {
  let system: System
  let other: Client
  let before: string
  beforeAll(async () => {
    system = await System.start()
    other = await Client.registered(system)
    const connection = await other.connectDemoBank()
    await other.settled({ connection_id: connection })
    before = await digestOf(other)
  }, 240_000)
  afterEach(async () => {
    await bank(system, 'DELETE', '/__sandbox/faults')
    await unmarkBank(system, await other.accounts())
  })
  afterAll(() => system.end(), 60_000)

  it('is asked for the password, and stays where it is wrong', async () => {
    const answer = await other.call<Rest.Problem>('DELETE', '/auth/me', { password: 'not the one' })
    expect([answer.status, answer.body.code]).toEqual([401, 'bad_credentials'])
    expect((await other.call('GET', '/auth/me')).status).toBe(200)
  })

  it('at rest leaves no trace within a minute, is refused, and leaves the name to whoever wants it', async () => {
    const user = await marked(system)
    // The oracle sees: before, the marker is there.
    expect(filesHolding(system.dataDir, user.marker, aside).length).toBeGreaterThan(0)
    expect(namedFor(`${system.dataDir}/objects`, user.spaceId).length).toBeGreaterThan(0)
    await user.client.expect(202, 'DELETE', '/auth/me', { password })
    await expectSignedOut(user.client)
    await expectNothingLeft(system, user)
    const anew = await Client.registered(system, user.username)
    expect(await anew.accounts()).toEqual([])
    await anew.expect(202, 'DELETE', '/auth/me', { password })
    await expectNothingLeft(system, user)
    expect(await digestOf(other)).toBe(before)
  }, 300_000)

  it('but for one connection keeps the rest: its accounts leave no trace, totals are right at once', async () => {
    const marker = `zqxbank${randomUUID().replaceAll('-', '').slice(0, 20)}`
    const client = await Client.registered(system)
    const connection = await client.connectDemoBank()
    await client.settled({ connection_id: connection })
    const banks = await client.accounts()
    await markBank(system, banks, marker)
    const run = await client.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
    await client.settled({ run_id: run.run_id })
    await client.expect(200, 'PATCH', `/connections/${connection}`, { friendly_name: `bank ${marker}` })
    await client.importFile('Date,Description,Amount\n2026-01-05,corner shop,-12.34\n', {
      new_account: JSON.stringify({ name: 'Purse', currency: 'GBP' }),
    })
    await eventually(async () => (await client.accounts()).length === banks.length + 1)
    const erasure = await client.expect<Rest.ConnectionErasure>(202, 'DELETE', `/connections/${connection}?erase=true`)
    expect(erasure.erased_account_ids.toSorted()).toEqual(banks.map(({ id }) => id).toSorted())
    expect(erasure.kept_account_ids).toEqual([])
    await eventually(() => {
      expect(filesHolding(system.dataDir, marker, aside)).toEqual([])
      for (const { id } of banks) expect(namedFor(`${system.dataDir}/objects`, id)).toEqual([])
      return true
    }, withinMs)
    const rows = await client.transactions()
    expect(rows.map(({ description }) => description)).toEqual(['corner shop'])
    expect((await client.accounts()).map(({ name }) => name)).toEqual(['Purse'])
    const { totals } = await client.get<Rest.TransactionPage>('/transactions')
    expect(totals?.by_currency).toMatchObject([{ currency: 'GBP', net: { amount: '-12.34' } }])
    const { items } = await bank<{ items: { path: string; method: string }[] }>(system, 'GET', '/__sandbox/calls')
    expect(items.some(({ method, path }) => method === 'DELETE' && path.includes('/requisitions/'))).toBe(true)
  }, 300_000)

  it('in the middle of a sync leaves no trace', async () => {
    const user = await marked(system)
    await bank(system, 'POST', '/__sandbox/faults', [
      { method: 'GET', path: '/api/v2/accounts/*/transactions/', times: 2, delay_ms: 3_000 },
    ])
    // The bank's day stays: on another one it would tell the marker to everybody who is synced.
    const run = await user.client.expect<{ run_id: string }>(202, 'POST', `/connections/${user.connection}/sync`)
    await eventually(async () => {
      const { items } = await user.client.get<{ items: Rest.Sync[] }>(`/syncs?run_id=${run.run_id}`)
      return items.some(({ status }) => status === 'fetching')
    }, 20_000)
    await user.client.expect(202, 'DELETE', '/auth/me', { password })
    await expectNothingLeft(system, user)
  }, 300_000)

  it('in the middle of a rebuild, with the services killed while they erase, leaves no trace', async () => {
    const user = await marked(system)
    await user.client.expect(202, 'POST', '/analytics/rebuild', {})
    await user.client.expect(202, 'DELETE', '/auth/me', { password })
    const services = system.pidOf('services')
    system.kill('services')
    await eventually(() => system.pidOf('services') !== services, 30_000)
    await eventually(async () => (await fetch(`${system.api}/ready`)).ok, 60_000)
    await expectNothingLeft(system, user)
  }, 300_000)
})
