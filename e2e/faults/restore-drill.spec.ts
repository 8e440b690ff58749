import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { digestsOf } from '../src/fixture.ts'
import { log } from '../src/log-command.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

const credentials = { username: 'sam', password: 'correct horse battery' }
const statement = ['Date,Text,Amount', '2019-03-01,Before the bank 1,-1.11', '2019-03-02,Before the bank 2,2.22'].join(
  '\n',
)
const mapping = JSON.stringify({
  header: true,
  date_format: 'yyyy-MM-dd',
  columns: { date: 'Date', description: ['Text'], amount: 'Amount' },
})

/** SHA-256 of every file of the lake. */
function lakeOf(dataDir: string): Record<string, string> {
  const path = join(dataDir, 'objects', 'lake')
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const named = files.map(({ parentPath, name }) => join(parentPath, name))
  const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
  return Object.fromEntries(named.map((file) => [file.slice(path.length), sha256(file)]))
}

async function aDay(system: System, client: Client, connection: string): Promise<Rest.Sync[]> {
  await bank(system, 'POST', '/__sandbox/clock', { advance_days: 2 })
  const run = await client.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
  return client.settled({ run_id: run.run_id })
}

describe('a backup of a running household', () => {
  const folders: string[] = []
  const folder = (name: string) => {
    const made = mkdtempSync(join(tmpdir(), `pf-${name}-`))
    folders.push(made)
    return made
  }
  let system: System
  let restored: System
  let connection: string
  let before: { answers: Record<string, string>; lake: Record<string, string>; verified: object }
  let backup: string

  beforeAll(async () => {
    system = await System.start()
    const sam = new Client(system)
    await sam.expect(201, 'POST', '/auth/register', credentials)
    await sam.login(credentials)
    connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    for (let day = 0; day < 2; day++) await aDay(system, sam, connection)
    const [account] = await sam.accounts()
    const imported = await sam.importFile(statement, { account_id: account?.id ?? '', mapping })
    expect(imported.status).toBe(201)
    const logged = (await sam.settled({})).length
    await eventually(
      () =>
        readdirSync(join(system.dataDir, 'objects', 'lake', 'syncs'), { recursive: true }).filter((name) =>
          String(name).endsWith('.parquet'),
        ).length === logged,
    )
    await expectTruthButForTheFile(system, sam)
    before = {
      answers: await digestsOf(sam),
      lake: lakeOf(system.dataDir),
      verified: JSON.parse(log(system.dataDir, 'verify', '--json').stdout),
    }
    backup = join(folder('backup'), 'today')
  }, 300_000)
  afterAll(async () => {
    await system?.end()
    await restored?.end()
    for (const made of folders) rmSync(made, { recursive: true, force: true })
  }, 120_000)

  /** What the bank says, and two rows of a time before it. */
  async function expectTruthButForTheFile(of: System, client: Client): Promise<void> {
    await eventually(async () => {
      const rows = await client.transactions({ date_from: '2019-01-01', date_to: '2019-12-31' })
      expect(rows.map(({ amount }) => amount.amount).sort()).toEqual(['-1.11', '2.22'])
      return true
    })
    await expectTruth(of, client, { date_from: '2020-01-01' })
  }

  it('is taken while it runs', () => {
    const taken = log(system.dataDir, 'export', backup, '--objects')
    expect(`${taken.stdout}${taken.stderr}`).toContain('raw objects')
    expect(taken.status).toBe(0)
    expect(existsSync(join(backup, 'objects', 'lake'))).toBe(false)
  }, 180_000)

  it('is proven beside the running system, which remembers it for operators', async () => {
    const sam = new Client(system)
    // This process stood still meanwhile: connections that were closed to it are noticed by their first use.
    const lastDrill = () =>
      eventually(async () => {
        await sam.login(credentials)
        return await sam.expect<Rest.Operations>(200, 'GET', '/operations')
      }).then(({ last_drill }) => last_drill)
    expect(await lastDrill()).toBeNull()
    const drilled = log(system.dataDir, 'drill', backup)
    expect(`${drilled.stdout}${drilled.stderr}`).toContain('Passed: the backup of')
    expect(drilled.status).toBe(0)
    const passed = await lastDrill()
    expect(passed).toMatchObject({ messages: expect.any(Number), raw_objects: expect.any(Number) })
    expect(Date.parse(passed?.passed_at ?? '')).toBeGreaterThan(Date.parse(passed?.backup_made_at ?? ''))
  }, 180_000)

  it('makes an empty system what this one was: every answer, every byte of the lake, every message', async () => {
    await system.stop()
    const dataDir = folder('restored')
    // The bank is no part of a backup: it is another house.
    for (const outside of ['master.key', 'ledger', 'sandbox'])
      cpSync(join(system.dataDir, outside), join(dataDir, outside), { recursive: true })
    const imported = log(dataDir, 'import', backup)
    expect(`${imported.stdout}${imported.stderr}`).toContain('Start the services')
    expect(imported.status).toBe(0)
    expect(lakeOf(dataDir)).toEqual(before.lake)
    const verified = log(dataDir, 'verify', '--open', '--json')
    expect(JSON.parse(verified.stdout)).toEqual(before.verified)
    restored = await System.prepare({ dataDir })
    await restored.start()
    const sam = new Client(restored)
    await sam.login(credentials)
    await eventually(async () => {
      expect(await digestsOf(sam)).toEqual(before.answers)
      return true
    }, 120_000)
  }, 300_000)

  it('goes on with the bank, and doubles nothing', async () => {
    const sam = new Client(restored)
    await sam.login(credentials)
    const syncs = await aDay(restored, sam, connection)
    expect(syncs.map(({ status }) => status)).toEqual(syncs.map(() => 'completed'))
    await expectTruthButForTheFile(restored, sam)
  }, 180_000)
})
