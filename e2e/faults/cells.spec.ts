import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { digestsOf } from '../src/fixture.ts'
import { filesHolding, namedFor } from '../src/left-bytes.ts'
import { log } from '../src/log-command.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

/** Stands in the name, in a file's rows and in what is remembered. */
const marker = `zqxmove${randomUUID().replaceAll('-', '').slice(0, 20)}`
const credentials = { username: `u-${marker}`, password: 'correct horse battery' }
const address = 'https://two.example'
const mapping = JSON.stringify({
  header: true,
  date_format: 'yyyy-MM-dd',
  columns: { date: 'Date', description: ['Text'], amount: 'Amount' },
})
const statement = `Date,Text,Amount\n2019-03-01,Before ${marker},-1.11\n2019-03-02,Before the bank,2.22`
/** The bank's own files are the bank's; PostgreSQL's log of changes is recycled in its own time (ADR 16). */
const aside = ['sandbox', 'postgres/pg_wal']

/** Of a command of `npm run log -- …` on a system's data folder: how it ended, and all that it said. */
function said(system: System, ...args: readonly string[]): [number | null, string] {
  const { status, stdout, stderr } = log(system.dataDir, ...args)
  return [status, `${stdout}${stderr}`]
}

describe('a household that moves to another cell', () => {
  let old: System
  let cell: System
  let sam: Client
  let there: Client
  let connection: string
  let token: string
  let spaceId: string
  let before: Record<string, string>
  let folder: string
  const [moved, key] = [() => join(folder, 'moved'), () => join(folder, 'transport.key')]

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pf-cells-'))
    old = await System.start()
    cell = await System.prepare({ env: { PF_SANDBOX_URL: old.bank } })
    await Promise.all([household(), neighbour()])
    before = await digestsOf(sam)
  }, 300_000)
  afterAll(async () => {
    await Promise.all([old?.end(), cell?.end()])
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)

  async function household(): Promise<void> {
    sam = await Client.registered(old, credentials.username)
    connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    const [account] = await sam.accounts()
    await sam.importFile(statement, { account_id: account?.id ?? '', mapping })
    await sam.expect(200, 'PUT', `/preferences/${marker}`, { value: { kept: marker } })
    await sam.expect(201, 'POST', '/queries', { name: `q ${marker}`, sql: 'select 1' })
    const made = await sam.expect<{ token: string }>(201, 'POST', '/auth/tokens', { name: 'Script', scopes: ['read'] })
    token = made.token
    spaceId = (JSON.parse(Buffer.from(sam.token.split('.')[1] ?? '', 'base64url').toString()) as { space: string })
      .space
    await eventually(async () => (await sam.transactions({ date_to: '2019-12-31' })).length === 2)
  }

  /** Who lives there has the sequences that the other's messages had at home. */
  async function neighbour(): Promise<void> {
    await cell.start()
    const client = await Client.registered(cell, 'neighbour')
    const fields = { new_account: JSON.stringify({ name: 'File', currency: 'GBP' }), mapping }
    for (const day of ['01', '02', '03'])
      await client.importFile(`Date,Text,Amount\n2026-01-${day},Shop,-1.00`, fields, `${day}.csv`)
    await cell.stop()
  }

  const ask = async (system: System, bearer: string) =>
    (await fetch(`${system.api}/accounts`, { headers: { authorization: `Bearer ${bearer}` } })).status

  it('stands still at the old one from its export on, which says where it goes', async () => {
    const words = ['--to', moved(), '--key', key(), '--address', address]
    const exported = said(old, 'space', 'export', credentials.username, ...words)
    expect(exported).toEqual([0, expect.stringContaining('It stands still here')])
    expect(filesHolding(folder, marker)).toEqual([])
    const refused = await eventually(async () => {
      const answer = await new Client(old).call<Rest.Problem>('POST', '/auth/login', credentials)
      return answer.status === 403 ? answer : undefined
    })
    expect(refused.body).toMatchObject({ code: 'space_moved', detail: expect.stringContaining(address) })
    await eventually(async () => (await ask(old, token)) === 401)
  }, 120_000)

  it('is at the new one what it was: every answer, under another master key', async () => {
    const imported = said(cell, 'space', 'import', moved(), '--key', key())
    expect(imported).toEqual([0, expect.stringContaining('The receipt lies in the folder')])
    const master = (system: System) => readFileSync(join(system.dataDir, 'master.key'), 'utf8')
    expect(master(cell)).not.toBe(master(old))
    await cell.start()
    there = new Client(cell)
    await there.login(credentials)
    await eventually(async () => {
      expect(await digestsOf(there)).toEqual(before)
      return true
    }, 120_000)
    expect(await ask(cell, token)).toBe(200)
  }, 300_000)

  it('goes on with the bank there, by the consent that it has, and doubles nothing', async () => {
    // Days that are due at both, and that only the new one asks for: `space erase` refuses where the old one has added anything.
    await bank(old, 'POST', '/__sandbox/clock', { advance_days: 2 })
    const run = await there.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    const syncs = await there.settled({ run_id: run.run_id })
    expect(syncs.map(({ status }) => status)).toEqual(syncs.map(() => 'completed'))
    expect(await expectTruth(old, there, { date_from: '2020-01-01' })).toBeGreaterThan(0)
    expect((await there.transactions({ date_to: '2019-12-31' })).length).toBe(2)
  }, 180_000)

  it('leaves no trace at the old one, which ends no consent', async () => {
    expect(filesHolding(old.dataDir, marker, aside).length).toBeGreaterThan(0)
    const erased = said(old, 'space', 'erase', moved(), '--key', key())
    expect(erased).toEqual([0, expect.stringContaining('is being erased here')])
    await eventually(() => {
      expect(filesHolding(old.dataDir, marker, aside)).toEqual([])
      expect(namedFor(`${old.dataDir}/objects`, spaceId)).toEqual([])
      expect(existsSync(join(old.dataDir, 'marts', spaceId))).toBe(false)
      return true
    }, 60_000)
    await bank(old, 'POST', '/__sandbox/clock', { advance_days: 1 })
    const run = await there.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    const syncs = await there.settled({ run_id: run.run_id })
    expect(syncs.map(({ status }) => status)).toEqual(syncs.map(() => 'completed'))
  }, 180_000)
})
