/**
 * `npm run fixture -- NAME "what it adds"`: the household after three bank days as this version leaves it, packed into
 * e2e/fixtures/NAME.tar.zst with the digests of its answers beside it. Made once an issue; never made again.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { digestsOf, type Fixture, fixtures, pack } from '../src/fixture.ts'
import { System } from '../src/system.ts'

const [, , name, about] = process.argv
if (name === undefined || about === undefined) throw new Error('Usage: npm run fixture -- NAME "what it adds"')
const file = join(fixtures, `${name}.tar.zst`)
if (existsSync(file)) throw new Error(`${file} is there already: what an earlier version left is never made again.`)

const credentials = { username: 'fixture', password: 'correct horse battery' }
const system = await System.start()
try {
  const client = new Client(system)
  await client.expect(201, 'POST', '/auth/register', credentials)
  await client.login(credentials)
  const connection = await client.connectDemoBank()
  await client.settled({ connection_id: connection })
  for (let day = 0; day < 3; day++) {
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
    const run = await client.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    await client.settled({ run_id: run.run_id })
  }
  const digests = await digestsOf(client)
  await system.stop()
  await pack(system.dataDir, file)
  const fixture: Fixture = { about, madeOn: new Date().toISOString().slice(0, 10), credentials, digests }
  writeFileSync(join(fixtures, `${name}.json`), `${JSON.stringify(fixture, null, 2)}\n`)
  process.stdout.write(`${file}\n${JSON.stringify(digests, null, 2)}\n`)
} finally {
  await system.end()
}
