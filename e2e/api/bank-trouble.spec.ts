import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

describe('a bank in trouble', () => {
  let system: System
  let sam: Client
  let connection: string
  let broken: Rest.Account
  beforeAll(async () => {
    system = await System.start()
    sam = await Client.registered(system)
    connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    const [first] = await sam.accounts()
    if (first === undefined) throw new Error('The demo bank has no account.')
    broken = first
  }, 180_000)
  afterAll(() => system.end(), 60_000)
  afterEach(() => bank(system, 'DELETE', '/__sandbox/faults'))

  /**
   * A new bank day with one account's transactions answered so until the test ends, since a try that was due by itself may come
   * first; what became of the run's syncs.
   */
  async function syncWith(fault: object): Promise<{ failed: Rest.Sync | undefined; others: Rest.Sync[] }> {
    const path = `/api/v2/accounts/${broken.provider_account_id}/transactions/`
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 2 })
    await bank(system, 'POST', '/__sandbox/faults', [{ path, ...fault }])
    const run = await sam.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    const syncs = await sam.settled({ run_id: run.run_id })
    return {
      failed: syncs.find((sync) => sync.account_id === broken.id),
      others: syncs.filter((sync) => sync.account_id !== broken.id),
    }
  }
  const envelope = (status: number, summary: string, detail: string, type?: string) => ({
    status,
    body: JSON.stringify({ summary, detail, status_code: status, ...(type ? { type } : {}) }),
    headers: { 'content-type': 'application/json' },
  })
  const minutesUntil = (sync: Rest.Sync | undefined) =>
    (Date.parse(sync?.retry_at ?? '') - Date.parse(sync?.finished_at ?? '')) / 60_000

  it.each([
    ['503', envelope(503, "Couldn't update account transactions", 'Institution service unavailable', 'ServiceError')],
    ['HTML from the edge', { status: 502, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }],
    ['a dropped connection', { drop: true }],
  ])(
    '%s: the sync fails with its reason and is tried again within minutes, the others go on',
    async (_name, fault) => {
      const rows = (await sam.transactions({ account_id: broken.id })).length
      const { failed, others } = await syncWith(fault)
      expect(failed?.status).toBe('failed')
      expect(failed?.error?.detail).toMatch(/\w+ \w+/)
      expect(failed?.retry_at).not.toBeNull()
      expect(others.map((sync) => sync.status)).toEqual(others.map(() => 'completed'))
      expect((await sam.transactions({ account_id: broken.id })).length).toBe(rows)
    },
    60_000,
  )

  it('429: it waits until the allowance is back', async () => {
    const body = JSON.stringify({
      summary: 'Rate limit exceeded',
      detail: 'The rate limit for this resource is 4/day. Please try again in 7200 seconds',
      status_code: 429,
    })
    const { failed } = await syncWith({ status: 429, body, headers: { 'content-type': 'application/json' } })
    expect(failed?.status).toBe('failed')
    expect(minutesUntil(failed)).toBeGreaterThan(110)
  }, 60_000)

  it('500 counts towards suspension, so it is not tried again at once', async () => {
    const fault = envelope(
      500,
      "Couldn't update account transactions",
      'Request to Institution returned an error',
      'UnknownRequestError',
    )
    const { failed, others } = await syncWith(fault)
    expect(failed?.status).toBe('failed')
    expect(others.every((sync) => sync.status === 'completed')).toBe(true)
  }, 60_000)

  it('loses nothing: the next sync shows the truth again', async () => {
    await bank(system, 'DELETE', '/__sandbox/faults')
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
    const run = await sam.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    await sam.settled({ run_id: run.run_id })
    await expectTruth(system, sam)
  }, 60_000)

  it('a day has four calls: the fifth is refused with the time when it may go on', async () => {
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 2 })
    let refused: { status: number; body: Rest.Problem; headers: Headers } | undefined
    for (let i = 0; i < 6 && refused === undefined; i++) {
      const answer = await sam.call<Rest.Problem & Rest.SyncRun>('POST', `/connections/${connection}/sync`)
      if (answer.status === 202) await sam.settled({ run_id: answer.body.run_id })
      else refused = answer
    }
    expect({ status: refused?.status, code: refused?.body.code }).toEqual({ status: 429, code: 'quota_exhausted' })
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(3600)
    await expectTruth(system, sam)
  }, 120_000)

  it('an unknown bank and a bank that does not answer are told apart', async () => {
    const unknown = await sam.call<Rest.Problem>('POST', '/connections', { institution_id: 'NOWHERE_XXXX' })
    expect({ status: unknown.status, code: unknown.body.code }).toEqual({ status: 404, code: 'institution_not_found' })
    await bank(system, 'POST', '/__sandbox/faults', [
      { path: '/api/v2/agreements/*', status: 503, body: 'nope', times: 10 },
    ])
    const down = await sam.call<Rest.Problem>('POST', '/connections', { institution_id: 'SANDBOXFINANCE_SFIN0000' })
    expect({ status: down.status, code: down.body.code }).toEqual({ status: 503, code: 'provider_unavailable' })
  }, 60_000)
})

describe('a consent', () => {
  let system: System
  beforeAll(async () => {
    system = await System.start()
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it('that is denied at the bank links nothing', async () => {
    const sam = await Client.registered(system)
    const asked = await sam.expect<{ id: string; link: string }>(201, 'POST', '/connections', {
      institution_id: 'SANDBOXFINANCE_SFIN0000',
    })
    const back = await sam.consent(asked.link, 'deny')
    expect(new URL(back).searchParams.get('outcome')).toBe('cancelled')
    const connection = await sam.get<Rest.Connection>(`/connections/${asked.id}`)
    expect(connection.status).toBe('failed')
    expect(await sam.accounts()).toEqual([])
  }, 60_000)

  it("that comes back under another user's cookie links nothing; its owner may confirm it", async () => {
    const sam = await Client.registered(system)
    const eve = await Client.registered(system)
    await eve.expect(201, 'POST', '/connections', { institution_id: 'SANDBOXFINANCE_SFIN0000' })
    const asked = await sam.expect<{ id: string; link: string }>(201, 'POST', '/connections', {
      institution_id: 'SANDBOXFINANCE_SFIN0000',
    })
    const back = await eve.consent(asked.link, 'grant')
    expect(['sign_in', 'not_yours']).toContain(new URL(back).searchParams.get('outcome'))
    expect(await eve.accounts()).toEqual([])
    expect((await sam.get<Rest.Connection>(`/connections/${asked.id}`)).status).toBe('pending')
    await eve.expect(404, 'POST', `/connections/${asked.id}/complete`, {})
    const linked = await sam.expect<Rest.Connection>(200, 'POST', `/connections/${asked.id}/complete`, {})
    expect(linked.status).toBe('active')
  }, 60_000)

  it('renewed in place goes on with the same accounts; removed, it ends at the bank and keeps its rows', async () => {
    const sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    const before = (await sam.accounts()).map((account) => account.id).sort()
    const rows = (await sam.transactions()).length
    const renewal = await sam.expect<{ link: string }>(200, 'POST', `/connections/${connection}/renew`)
    const back = await sam.consent(renewal.link, 'grant')
    expect(new URL(back).searchParams.get('outcome')).toBe('linked')
    await sam.settled({ connection_id: connection })
    expect((await sam.accounts()).map((account) => account.id).sort()).toEqual(before)
    expect((await sam.transactions()).length).toBe(rows)
    await sam.expect(204, 'DELETE', `/connections/${connection}`)
    expect(await sam.get<{ items: Rest.Connection[] }>('/connections')).toEqual({ items: [] })
    expect((await sam.transactions()).length).toBe(rows)
    expect((await sam.call('POST', `/connections/${connection}/sync`)).status).toBe(404)
  }, 90_000)
})
