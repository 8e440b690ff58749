import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { root, System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

describe('all Parquet and all DuckDB files lost', () => {
  let system: System
  let sam: Client
  beforeAll(async () => {
    system = await System.start()
    sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 3 })
    const run = await sam.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
    await sam.settled({ run_id: run.run_id })
  }, 240_000)
  afterAll(() => system.end(), 60_000)

  /** SHA-256 of every file below a folder of the data. */
  const filesIn = (...folder: string[]): Record<string, string> => {
    const path = join(system.dataDir, ...folder)
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const named = files.map(({ parentPath, name }) => join(parentPath, name))
    return Object.fromEntries(named.map((file) => [file.slice(path.length), sha256(readFileSync(file))]))
  }
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const answers = async () => ({
    accounts: (await sam.accounts()).sort((a, b) => (a.id < b.id ? -1 : 1)),
    transactions: await sam.transactions(),
  })

  it('are there again after a replay, byte for byte, and every answer is the same', async () => {
    const logged = (await sam.settled({})).length
    await eventually(() => Object.keys(filesIn('objects', 'lake', 'syncs')).length === logged)
    const [before, lake] = [await answers(), filesIn('objects', 'lake')]
    expect(before.transactions.length).toBeGreaterThan(900)
    await system.stop()
    for (const folder of ['objects/lake', 'marts']) rmSync(join(system.dataDir, folder), { recursive: true })
    await system.start()
    const env = { ...process.env, PF_DATA_DIR: system.dataDir }
    const command = [join(root, 'deploy/local/bin/replay.mjs'), '--from', 'raw']
    const replay = spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8', timeout: 120_000 })
    expect(`${replay.stdout}${replay.stderr}`).toContain('the lake is what its log says')
    expect([replay.status, replay.status === 0 ? '' : replay.stdout]).toEqual([0, ''])
    expect(filesIn('objects', 'lake')).toEqual(lake)
    expect(await answers()).toEqual(before)
    await expectTruth(system, sam)
  }, 300_000)
})
