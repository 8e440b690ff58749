import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'

describe('a consent that comes to its end', () => {
  let system: System
  let sam: Client
  let connection: string
  const view = () => sam.get<Rest.Connection>(`/connections/${connection}`)
  const passDays = (days: number) => bank(system, 'POST', '/__sandbox/clock', { advance_days: days })
  beforeAll(async () => {
    system = await System.start()
    sam = await Client.registered(system)
    connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  /** What an open page is told from here on: topics, with the connection that each is about. */
  async function openPage(): Promise<{ told: string[]; close(): void }> {
    const stop = new AbortController()
    const headers = { authorization: `Bearer ${sam.token}` }
    const answer = await fetch(`${system.api}/events`, { headers, signal: stop.signal })
    const told: string[] = []
    const read = async () => {
      for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        for (const [, data = ''] of text.matchAll(/^data: (.*)$/gm)) {
          const { topic, connection_id } = JSON.parse(data) as Rest.Notice
          told.push(`${topic} ${connection_id ?? ''}`)
        }
      }
    }
    read().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
    return { told, close: () => stop.abort() }
  }

  it('is announced to open pages 14 days before, and goes on being read', async () => {
    const { consent } = await view()
    expect(consent).toMatchObject({ history_days: expect.any(Number) })
    const page = await openPage()
    await passDays(170)
    await eventually(async () => {
      expect(page.told).toContain(`connections ${connection}`)
      expect((await view()).status).toBe('expiring')
      return true
    }, 60_000)
    page.close()
    expect((await sam.call('POST', `/connections/${connection}/sync`)).status).toBe(202)
    await sam.settled({ connection_id: connection })
  }, 120_000)

  it('ends at the bank’s own moment, in words, and nothing is read any more', async () => {
    const page = await openPage()
    await passDays(11)
    await eventually(async () => {
      expect(page.told).toContain(`connections ${connection}`)
      expect(await view()).toMatchObject({ status: 'expired', error: { code: 'consent_expired' } })
      return true
    }, 60_000)
    page.close()
    const refused = await sam.call<Rest.Problem>('POST', `/connections/${connection}/sync`)
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: 'connection_not_active' })
  }, 120_000)

  it('goes on with the same accounts once it is renewed', async () => {
    const before = (await sam.accounts()).map((account) => account.id).sort()
    const renewal = await sam.expect<{ link: string }>(200, 'POST', `/connections/${connection}/renew`)
    expect((await view()).status).toBe('expired')
    expect(new URL(await sam.consent(renewal.link, 'grant')).searchParams.get('outcome')).toBe('linked')
    expect(await view()).toMatchObject({ status: 'active', error: null })
    await sam.settled({ connection_id: connection })
    expect((await sam.accounts()).map((account) => account.id).sort()).toEqual(before)
  }, 120_000)
})

/** The bank tells of its last ninety days; the person comes back after four months. */
describe('somebody who was away for longer than the bank’s history', () => {
  let system: System
  let kim: Client
  let connection: string
  let account: Rest.Account
  const view = () => kim.get<Rest.Connection>(`/connections/${connection}`)
  const missedOf = async () => (await view()).missed?.filter(({ account_id }) => account_id === account.id)
  beforeAll(async () => {
    system = await System.start()
    await bank(system, 'PUT', '/__sandbox/institutions/SANDBOXFINANCE_SFIN0000', { transaction_total_days: 90 })
    kim = await Client.registered(system)
    connection = await kim.connectDemoBank()
    await kim.settled({ connection_id: connection })
    account = (await kim.accounts()).find(({ kind }) => kind === 'current')!
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it('is told which days nobody can fetch any more', async () => {
    expect(await missedOf()).toEqual([])
    const [before] = await kim.settled({ connection_id: connection })
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 120 })
    const late = await eventually(async () => {
      const { items } = await kim.get<{ items: Rest.Sync[] }>(`/syncs?account_id=${account.id}`)
      expect(items[0]).toMatchObject({ status: 'completed', missed: { from: expect.any(String) } })
      return items[0]
    }, 60_000)
    const days = { from: before?.window?.to ?? '', to: dayBefore(late?.window?.from ?? '') }
    expect(late?.missed).toEqual(days)
    expect(await missedOf()).toEqual([{ account_id: account.id, ...days }])
    expect(await kim.get<Rest.Account>(`/accounts/${account.id}`)).toMatchObject({ missed: [days] })
  }, 120_000)

  it('is told so until a statement covers them, and again when it is taken back', async () => {
    const [days] = (await missedOf()) ?? []
    const { from = '', to = '' } = days ?? {}
    const text = `Date,Description,Amount\n${from},First of the days away,-1.11\n${to},Last of them,-2.22\n`
    const columns = { date: 'Date', description: ['Description'], amount: 'Amount' }
    const mapping = JSON.stringify({ header: true, date_format: 'yyyy-MM-dd', columns })
    const { status, body } = await kim.importFile(text, { account_id: account.id, mapping })
    expect({ status, body }).toMatchObject({ status: 201, body: { status: 'imported' } })
    const shown = (expected: object[]) =>
      eventually(async () => {
        expect(await missedOf()).toEqual(expected)
        return true
      }, 30_000)
    await shown([])
    await kim.expect(204, 'DELETE', `/imports/${body.id}`)
    await shown([{ account_id: account.id, from, to }])
  }, 120_000)
})

const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
