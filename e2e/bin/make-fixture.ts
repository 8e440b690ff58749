/**
 * `npm run fixture -- NAME "what it adds"`: the household after three days of syncs as this version leaves it, packed into
 * e2e/fixtures/NAME.tar.zst with the digests of its answers beside it. Made once an issue; never made again.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SoftAuthenticator } from '@pf/auth/testing'
import type { Rest } from '@pf/contracts'
import type { LedgerFact } from '@pf/vault/ledger'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { digestsOf, type Fixture, fixtures, pack } from '../src/fixture.ts'
import { log } from '../src/log-command.ts'
import { System } from '../src/system.ts'
import { totpOf } from '../src/totp.ts'

const [, , name, about] = process.argv
if (name === undefined || about === undefined) throw new Error('Usage: npm run fixture -- NAME "what it adds"')
const file = join(fixtures, `${name}.tar.zst`)
if (existsSync(file)) throw new Error(`${file} is there already: what an earlier version left is never made again.`)

const statement = (...rows: string[]) => ['Date,Text,Amount', ...rows].join('\n')
const mapping = JSON.stringify({
  header: true,
  date_format: 'yyyy-MM-dd',
  columns: { date: 'Date', description: ['Text'], amount: 'Amount' },
})

/** Two files: one stands, one was taken back. */
async function importStatements(client: Client): Promise<void> {
  const [account] = await client.accounts()
  const fields = { account_id: account?.id ?? '', mapping }
  await client.importFile(statement('2019-03-01,Before the bank 1,-1.11', '2019-03-02,Before the bank 2,2.22'), fields)
  const second = await client.importFile(statement('2019-03-03,Before the bank 3,-3.33'), fields, 'again.csv')
  await client.expect(204, 'DELETE', `/imports/${second.body.id}`)
}

/** Words of every kind: on held rows, of which one stays open, and on what is one payment. */
async function sayWhatIsWhat(client: Client): Promise<void> {
  const held = (await client.get<{ items: Rest.HeldItem[] }>('/held?limit=200')).items
  const [accepted, dismissed] = held
  const amount = { amount: '-12.34', currency: 'GBP' }
  await client.expect(200, 'POST', `/held/${accepted?.id}/decision`, {
    verdict: 'accept',
    amount,
    date: accepted?.read.date ?? '2026-01-01',
  })
  await client.expect(200, 'POST', `/held/${dismissed?.id}/decision`, { verdict: 'dismiss' })
  const savings = (await client.accounts()).find(({ kind }) => kind === 'savings')
  const rows = await client.transactions({ account_id: savings?.id ?? '', status: 'booked' })
  const same = (from: number) => ({ verdict: 'same', transaction_ids: rows.slice(from, from + 2).map(({ id }) => id) })
  await client.expect(201, 'POST', '/identity/decisions', same(0))
  const word = await client.expect<{ id: string }>(201, 'POST', '/identity/decisions', same(2))
  await client.expect(204, 'DELETE', `/identity/decisions/${word.id}`)
}

/** Somebody with a bank of their own who was here and is erased: the ledger and the purged ranges of the log stay. */
async function eraseNeighbour(): Promise<void> {
  const neighbour = new Client(system)
  await neighbour.expect(201, 'POST', '/auth/register', erased)
  await neighbour.login(erased)
  const connection = await neighbour.connectDemoBank()
  await neighbour.settled({ connection_id: connection })
  await neighbour.expect(202, 'DELETE', '/auth/me', { password: erased.password })
  const ledger = join(system.dataDir, 'ledger')
  await eventually(() => {
    const facts = readdirSync(ledger).map((name): LedgerFact => JSON.parse(readFileSync(join(ledger, name), 'utf8')))
    if (facts.some(({ fact }) => fact === 'erased')) return true
    throw new Error('The erasure ledger does not say that anybody was erased.')
  }, 60_000)
}

/** Somebody whose log-in asks for a code beside the password. */
async function registerTwoSteps(): Promise<NonNullable<Fixture['twoSteps']>> {
  const entry = { username: 'two-steps', password: 'and a code of an app' }
  const somebody = new Client(system)
  await somebody.expect(201, 'POST', '/auth/register', entry)
  await somebody.login(entry)
  const { password } = entry
  const { secret } = await somebody.expect<{ secret: string }>(200, 'POST', '/auth/mfa/totp', { password })
  await somebody.expect(200, 'POST', '/auth/mfa/totp/confirm', { code: totpOf(secret) })
  return { ...entry, secret }
}

/** Somebody whose space was taken to another installation and stands still here, not erased yet. */
async function moveAway(): Promise<NonNullable<Fixture['moved']>> {
  const moved = { username: 'moved-away', password: 'lives somewhere else', address: 'https://two.example' }
  const { address, ...entry } = moved
  await new Client(system).expect(201, 'POST', '/auth/register', entry)
  const folder = mkdtempSync(join(tmpdir(), 'pf-moved-'))
  const to = ['--to', join(folder, 'moved'), '--key', join(folder, 'transport.key'), '--address', address]
  const { status, stderr } = log(system.dataDir, 'space', 'export', entry.username, ...to)
  rmSync(folder, { recursive: true })
  if (status !== 0) throw new Error(`The space was not exported: ${stderr}`)
  return moved
}

/** A file of everything that is there to be fetched. */
async function exportAll(client: Client): Promise<void> {
  const { id } = await client.expect<Rest.DataExport>(202, 'POST', '/exports', {})
  await eventually(async () => {
    const { status } = await client.get<Rest.DataExport>(`/exports/${id}`)
    if (status === 'ready') return true
    throw new Error(`The export is ${status}.`)
  }, 60_000)
}

/** What pages keep for their owner, and the word of theirs that lists and sums go by. */
async function arrange(client: Client): Promise<void> {
  const accounts = await client.accounts()
  const card = accounts.find(({ kind }) => kind === 'card')
  await client.expect(200, 'PATCH', `/accounts/${card?.id}`, { kind: 'loan' })
  const keep = (key: string, value: unknown) => client.expect(200, 'PUT', `/preferences/${key}`, { value })
  await keep('dashboard', { order: ['now', 'month', 'spending'] })
  await keep(
    'accounts.hidden',
    accounts.filter(({ kind }) => kind === 'savings').map(({ id }) => id),
  )
  await keep('transactions.filters', [{ name: 'Shops', filter: { q: 'TESCO', direction: 'out' } }])
}

const erased = { username: 'neighbour', password: 'was here for a day' }
const credentials = { username: 'fixture', password: 'correct horse battery' }
const system = await System.start()
try {
  const client = new Client(system)
  await client.expect(201, 'POST', '/auth/register', credentials)
  await client.login(credentials)
  await bank(system, 'POST', '/__sandbox/reset', { scenario: 'household', seed: 'demo', quirks: { seed: name } })
  const connection = await client.connectDemoBank()
  await client.settled({ connection_id: connection })
  // By the fifteenth day the bank has sent three rows that nobody can read.
  for (let day = 0; day < 3; day++) {
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 5 })
    const run = await client.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    await client.settled({ run_id: run.run_id })
  }
  await eraseNeighbour()
  await arrange(client)
  const script = { name: 'Backup', scopes: ['read'] }
  const { token: apiToken } = await client.expect<Rest.IssuedApiToken>(201, 'POST', '/auth/tokens', script)
  const twoSteps = await registerTwoSteps()
  const before = (await client.transactions()).length
  await importStatements(client)
  await sayWhatIsWhat(client)
  await client.expect(201, 'POST', '/queries', {
    name: 'Months',
    sql: 'select month, count(*) from fct_transactions group by all',
  })
  await eventually(async () => {
    // Two rows of the file and an accepted one more; two payments became one.
    const { length } = await client.transactions()
    if (length === before + 2) return true
    throw new Error(`${length} rows are shown, ${before + 2} were expected.`)
  })
  const { id } = await client.expect<{ id: string }>(202, 'POST', '/analytics/rebuild', {})
  await eventually(async () => {
    const { status } = await client.get<{ status: string }>(`/analytics/rebuilds/${id}`)
    if (status === 'switched') return true
    throw new Error(`The rebuild is ${status}.`)
  })
  const device = new SoftAuthenticator(system.web)
  await client.addPasskey('Phone', device)
  await client.loginByPasskey(device)
  await client.expect(201, 'POST', '/auth/invites', { expires_in_days: 30 })
  await exportAll(client)
  const moved = await moveAway()
  const digests = await digestsOf(client)
  await system.stop()
  await pack(system.dataDir, file)
  const madeOn = new Date().toISOString().slice(0, 10)
  const said = { about, madeOn, credentials, erased, apiToken, twoSteps, passkey: device.putAway(), moved }
  const fixture: Fixture = { ...said, digests }
  writeFileSync(join(fixtures, `${name}.json`), `${JSON.stringify(fixture, null, 2)}\n`)
  process.stdout.write(`${file}\n${JSON.stringify(digests, null, 2)}\n`)
} finally {
  await system.end()
}
