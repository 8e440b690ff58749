import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { callerOf, newFolder, runBank } from './testing/running-bank.ts'

const folders: { remove: () => void }[] = []
const processes: ChildProcess[] = []
const folder = () => {
  const made = newFolder()
  folders.push(made)
  return made.dataDir
}
afterAll(() => {
  for (const child of processes) child.kill('SIGKILL')
  for (const { remove } of folders) remove()
})

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

async function spawnBank(dataDir: string): Promise<{ url: string; child: ChildProcess }> {
  const env = { ...process.env, NODE_OPTIONS: '', PF_DATA_DIR: dataDir, PF_SANDBOX_PORT: '0' }
  const child = spawn(process.execPath, ['--conditions=@pf/source', MAIN], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  processes.push(child)
  if (!child.stdout) throw new Error('spawn: found no stdout, expected a pipe')
  for await (const line of createInterface({ input: child.stdout })) {
    return { url: JSON.parse(line).ready, child }
  }
  throw new Error('main: found no line on stdout, expected one when ready')
}

describe('the bank, stopped and started again', () => {
  it('answers the same: clock, consents, ids, payloads, faults, limits, calls, tokens', async () => {
    const dataDir = folder()
    const before = await runBank(dataDir)
    await before.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'd', as_of: '2026-05-05' })
    const { accounts, requisition } = await before.link()
    const [first, second] = accounts
    for (let n = 0; n < 4; n++) await before.call('GET', `/api/v2/accounts/${first}/balances/`)
    await before.call('PUT', `/__sandbox/accounts/${second}/payload`, { details: { account: { odd: true } } })
    await before.call('POST', '/__sandbox/faults', { path: '/api/v2/institutions/', times: 2, status: 500 })
    await before.call('GET', '/api/v2/institutions/')
    const look = async (call: typeof before.call) => [
      (await call('GET', '/__sandbox/calls')).json,
      (await call('GET', `/api/v2/requisitions/${requisition}/`)).json,
      (await call('GET', `/api/v2/accounts/${first}/balances/`)).status,
      (await call('GET', `/api/v2/accounts/${second}/details/`)).text,
      (await call('GET', `/__sandbox/truth/${first}`)).text,
      (await call('GET', '/__sandbox/faults')).json,
      (await call('GET', '/__sandbox/clock')).json['today'],
    ]
    const seen = await look(before.call)
    expect(seen.slice(2, 4)).toEqual([429, '{"account":{"odd":true}}'])
    expect(seen[5]).toMatchObject({ items: [{ times_left: 1 }] })
    await before.call('DELETE', '/__sandbox/calls')
    await before.close()

    const after = await runBank(dataDir)
    const again = await look(after.call)
    expect(again.slice(1)).toEqual([{ ...(seen[1] as object) }, ...seen.slice(2)])
    expect(again[0]).toMatchObject({ items: [{ path: '/api/v2/token/new/' }] })
    await after.close()
  }, 30_000)

  it('starts by itself with the demo household of today', async () => {
    const bank = await runBank(folder())
    expect((await bank.call('GET', '/__sandbox/clock')).json).toMatchObject({ scenario: 'household', seed: 'demo' })
    expect((await bank.call('GET', '/__sandbox/accounts')).json['items']).toHaveLength(3)
    await bank.close()
  })

  it('gives tokens to the pair of its secrets file and to the demo pair only', async () => {
    const dataDir = folder()
    writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ secret_id: 'id', secret_key: 'key' }))
    const bank = await runBank(dataDir)
    const pair = async (secret_id: string, secret_key: string) =>
      (await bank.call('POST', '/api/v2/token/new/', { secret_id, secret_key })).status
    expect([await pair('id', 'key'), await pair('sandbox', 'sandbox'), await pair('id', 'other')]).toEqual([
      200, 200, 401,
    ])
    await bank.close()
  })
})

describe('the process', () => {
  it('loses nothing that it answered when killed, not even with a line cut off', async () => {
    const dataDir = folder()
    const killed = await spawnBank(dataDir)
    const { call, link } = await callerOf(killed.url)
    await call('POST', '/__sandbox/clock', { advance_days: 0.5 })
    const { requisition, accounts } = await link()
    const balance = await call('GET', `/api/v2/accounts/${accounts[0]}/balances/`)
    const answered: string[] = []
    const storm = (async () => {
      for (let n = 0; ; n++) {
        const body = {
          institution_id: 'SANDBOXFINANCE_SFIN0000',
          redirect: 'https://app.example/',
          reference: `storm-${n}`,
        }
        const made = await call('POST', '/api/v2/requisitions/', body)
        answered.push(String(made.json['id']))
        if (n === 40) killed.child.kill('SIGKILL')
      }
    })()
    await expect(storm).rejects.toThrow()
    if (killed.child.exitCode === null && killed.child.signalCode === null) await once(killed.child, 'exit')
    appendFileSync(join(dataDir, 'state.journal.ndjson'), '{"requisition/half":{"id":"ha')
    appendFileSync(join(dataDir, 'calls.ndjson'), '{"at":"20')

    const next = await spawnBank(dataDir)
    const again = await callerOf(next.url)
    expect((await again.call('GET', `/api/v2/requisitions/${requisition}/`)).json).toMatchObject({
      status: 'LN',
      accounts,
    })
    for (const id of answered) expect((await again.call('GET', `/api/v2/requisitions/${id}/`)).status).toBe(200)
    const later = await again.call('GET', `/api/v2/accounts/${accounts[0]}/balances/`)
    expect(later.json).toEqual(balance.json)
    expect(later.headers.get('http_x_ratelimit_account_success_remaining')).toBe('2')
    const calls = (await again.call('GET', '/__sandbox/calls')).json['items'] as Record<string, unknown>[]
    expect(
      calls.filter(({ method, path }) => method === 'POST' && path === '/api/v2/requisitions/').length,
    ).toBeGreaterThanOrEqual(answered.length)

    next.child.kill('SIGTERM')
    const [code] = await once(next.child, 'exit')
    expect(code).toBe(0)
  }, 60_000)
})
