import { request as httpRequest } from 'node:http'
import { callerOf, newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

const folder = newFolder()
let bank: RunningBank
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})
beforeEach(async () => {
  await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'control', as_of: '2026-06-15' })
})

const rowsOf = async (id: string | undefined, query = '') =>
  JSON.parse((await bank.call('GET', `/api/v2/accounts/${id}/transactions/${query}`)).text).transactions

describe('a reset', () => {
  it('gives the same world for the same seed', async () => {
    const world = async () => {
      await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 's', as_of: '2026-06-15' })
      const { accounts } = await bank.link()
      return [accounts, await Promise.all(accounts.map((id) => rowsOf(id)))]
    }
    expect(await world()).toEqual(await world())
  })

  it('takes back consents, faults, payloads and calls', async () => {
    const { accounts } = await bank.link()
    await bank.call('PUT', `/__sandbox/accounts/${accounts[0]}/payload`, { balances: { balances: [] } })
    await bank.call('POST', '/__sandbox/faults', { path: '/', status: 500 })
    await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'control', as_of: '2026-06-15' })
    expect((await bank.call('GET', '/__sandbox/calls')).json).toEqual({ items: [] })
    expect((await bank.call('GET', '/__sandbox/faults')).json).toEqual({ items: [] })
    expect((await bank.call('GET', `/api/v2/accounts/${accounts[0]}/balances/`)).status).toBe(404)
    const again = await bank.link()
    expect((await bank.call('GET', `/api/v2/accounts/${again.accounts[0]}/balances/`)).json['balances']).toHaveLength(2)
  })

  it('serves a bulk account whole, row by row the truth', async () => {
    const body = { scenario: 'bulk', seed: 1, accounts: 2, transactions_per_account: 3_000, days: 730 }
    await bank.call('POST', '/__sandbox/reset', body)
    const { accounts } = await bank.link()
    expect(accounts).toHaveLength(2)
    for (const id of accounts) {
      const { booked } = await rowsOf(id)
      const truth = (await bank.call('GET', `/__sandbox/truth/${id}`)).json['booked'] as {
        date: string
        amount: string
      }[]
      expect(booked).toHaveLength(3_000)
      const plain = booked.map((row: { bookingDate: string; transactionAmount: { amount: string } }) => [
        row.bookingDate,
        row.transactionAmount.amount,
      ])
      expect(plain).toEqual(truth.map(({ date, amount }) => [date, amount]))
    }
  }, 30_000)

  it('is refused with what was found and expected', async () => {
    for (const [body, code] of [
      [{ scenario: 'castle' }, 'invalid_input'],
      [{ scenario: 'household', as_of: '2026-02-30' }, 'invalid_input'],
      [{ scenario: 'bulk', accounts: 0 }, 'invalid_input'],
      [{ scenario: 'household', colour: 'red' }, 'unknown_field'],
      [[], 'invalid_input'],
    ] as const) {
      const { status, headers, json } = await bank.call('POST', '/__sandbox/reset', body)
      expect([status, headers.get('content-type')]).toEqual([422, expect.stringMatching(/^application\/problem\+json/)])
      expect(json).toMatchObject({ status: 422, code, found: expect.any(String), expected: expect.any(String) })
    }
  })
})

describe('the clock', () => {
  it('books what was pending and brings new rows, each once', async () => {
    const { accounts } = await bank.link()
    const card = accounts[2]
    const before = await rowsOf(card, '?date_from=2026-05-01')
    expect(before.pending.length).toBeGreaterThanOrEqual(2)
    await bank.call('POST', '/__sandbox/clock', { advance_days: 0.9 })
    await bank.call('POST', '/__sandbox/clock', { advance_days: 3.1 })
    const { call } = await callerOf(bank.url)
    const after = JSON.parse(
      (await call('GET', `/api/v2/accounts/${card}/transactions/?date_from=2026-05-01`)).text,
    ).transactions
    const known = new Set(before.booked.map((row: { internalTransactionId: string }) => row.internalTransactionId))
    const fresh = after.booked.filter((row: { internalTransactionId: string }) => !known.has(row.internalTransactionId))
    expect(after.booked.length - fresh.length).toBe(before.booked.length)
    for (const row of before.pending) {
      const { amount } = row.transactionAmount
      const text = row.remittanceInformationUnstructured
      const became = fresh.filter(
        (other: typeof row) =>
          other.transactionAmount.amount === amount && other.remittanceInformationUnstructured === text,
      )
      expect(became).toHaveLength(1)
    }
  })

  it('goes on running from where it was set', async () => {
    const set = await bank.call('POST', '/__sandbox/clock', { set: '2030-01-01T00:00:00Z' })
    expect(String(set.json['now'])).toMatch(/^2030-01-01T00:00:0/)
    const later = await bank.call('GET', '/__sandbox/clock')
    expect(Date.parse(String(later.json['now']))).toBeGreaterThanOrEqual(Date.parse(String(set.json['now'])))
  })

  it.each([
    {},
    { set: 'tomorrow' },
    { advance_days: -1 },
    { advance_days: '3' },
    { set: '2030-01-01', advance_days: 1 },
  ])('refuses %j', async (body) => expect((await bank.call('POST', '/__sandbox/clock', body)).status).toBe(422))
})

describe('the truth', () => {
  it('leaves out older rows where asked', async () => {
    const { accounts } = await bank.link()
    const booked = async (query: string) =>
      (await bank.call('GET', `/__sandbox/truth/${accounts[0]}${query}`)).json['booked'] as { date: string }[]
    const all = await booked('')
    const late = all.filter(({ date }) => date >= '2026-05-20')
    expect(late.length).toBeGreaterThan(0)
    expect(late.length).toBeLessThan(all.length)
    expect(await booked('?date_from=2026-05-20')).toEqual(late)
    expect((await bank.call('GET', `/__sandbox/truth/${accounts[0]}?date_from=may`)).status).toBe(422)
  })
})

describe('a payload of our own', () => {
  it('is served byte for byte until it is taken back', async () => {
    const { accounts } = await bank.link()
    const path = `/api/v2/accounts/${accounts[0]}/transactions/`
    const put = (payload: object) => bank.call('PUT', `/__sandbox/accounts/${accounts[0]}/payload`, payload)
    await put({ transactions: { transactions: { booked: [{ odd: 1 }] } } })
    expect((await bank.call('GET', path)).text).toBe('{"transactions":{"booked":[{"odd":1}]}}')
    await put({ transactions: '{"transactions":{"boo' })
    expect((await bank.call('GET', path)).text).toBe('{"transactions":{"boo')
    await put({ transactions: null })
    expect((await bank.call('GET', path)).json['transactions']).toHaveProperty('booked')
  })

  it('is refused for an account that is not there', async () => {
    const path = '/__sandbox/accounts/6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10/payload'
    expect((await bank.call('PUT', path, { balances: {} })).status).toBe(404)
  })
})

describe('an ordered fault', () => {
  const path = '/api/v2/institutions/'

  it('strikes as often as ordered, in order, as told', async () => {
    await bank.call('POST', '/__sandbox/faults', [
      { path, times: 1, status: 502, body: '<html><body>Bad gateway</body></html>' },
      { path, times: 1, status: 429, body: { status_code: 429 }, headers: { 'retry-after': '7' } },
    ])
    const first = await bank.call('GET', path)
    expect([first.status, first.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
    const second = await bank.call('GET', path)
    expect([second.status, second.headers.get('retry-after'), second.json]).toEqual([429, '7', { status_code: 429 }])
    expect((await bank.call('GET', path)).status).toBe(200)
  })

  it('drops the connection and stands in the log as such', async () => {
    await bank.call('POST', '/__sandbox/faults', { path, times: 1, drop: true })
    await expect(bank.call('GET', path)).rejects.toThrow()
    const { json } = await bank.call('GET', '/__sandbox/calls')
    expect((json['items'] as object[]).at(-1)).toMatchObject({ method: 'GET', path, status: 0 })
  })

  it('may only be slow', async () => {
    await bank.call('POST', '/__sandbox/faults', { path, times: 1, delay_ms: 300 })
    const started = performance.now()
    expect((await bank.call('GET', path)).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThanOrEqual(290)
  })

  it('ends when cleared', async () => {
    await bank.call('POST', '/__sandbox/faults', { path: '*', status: 500 })
    expect((await bank.call('GET', path)).status).toBe(500)
    await bank.call('DELETE', '/__sandbox/faults')
    expect((await bank.call('GET', path)).status).toBe(200)
  })
})

describe('the call log', () => {
  it('has every call on the wire with scope, account and status, and none of ours', async () => {
    const { accounts } = await bank.link()
    await bank.call('GET', `/api/v2/accounts/${accounts[1]}/transactions/?date_from=2026-06-01`)
    await bank.call('GET', `/api/v2/accounts/${accounts[1]}/`)
    const { json } = await bank.call('GET', '/__sandbox/calls')
    const items = json['items'] as Record<string, unknown>[]
    expect(items.slice(-2)).toEqual([
      expect.objectContaining({
        method: 'GET',
        scope: 'transactions',
        account_id: accounts[1],
        path: `/api/v2/accounts/${accounts[1]}/transactions/?date_from=2026-06-01`,
        status: 200,
      }),
      expect.objectContaining({ scope: 'metadata', path: `/api/v2/accounts/${accounts[1]}/` }),
    ])
    expect(items.filter(({ path }) => String(path).startsWith('/__sandbox'))).toEqual([])
    const some = await bank.call('GET', `/__sandbox/calls?scope=transactions&account_id=${accounts[1]}`)
    expect(some.json['items']).toHaveLength(1)
  })
})

describe('a call that waits for its answer', () => {
  it('stands in the log without a status', async () => {
    await bank.call('POST', '/__sandbox/faults', { path: '/api/v2/institutions/', times: 1, delay_ms: 400 })
    const slow = bank.call('GET', '/api/v2/institutions/')
    const deadline = Date.now() + 5_000
    let last: Record<string, unknown> | undefined
    while (last?.['status'] !== null) {
      expect(Date.now()).toBeLessThan(deadline)
      const { json } = await bank.call('GET', '/__sandbox/calls?method=GET')
      last = (json['items'] as Record<string, unknown>[]).at(-1)
    }
    expect(last).toMatchObject({ path: '/api/v2/institutions/' })
    await slow
    const { json } = await bank.call('GET', '/__sandbox/calls?method=GET')
    expect(json['items']).toEqual([expect.objectContaining({ path: '/api/v2/institutions/', status: 200 })])
  })
})

describe('the host', () => {
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(bank.url)
      const asked = httpRequest({ host: '127.0.0.1', port, path: '/health', headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asked.on('error', reject).end()
    })

  it('is this machine under its own names', async () => {
    for (const host of ['localhost:8010', '127.0.0.1', '[::1]:8010', 'LOCALHOST'])
      expect(await statusFor(host)).toBe(200)
  })
  it('is nobody else', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8010']) {
      expect(await statusFor(host)).toBe(403)
    }
  })
})
