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
