import type { Bus } from './bus/bus.ts'
import { besideOf, isWell, toldOfProviders } from './health.ts'
import { servicesReady } from './services-ready.ts'

const said = (at: string, answered: boolean) => toldOfProviders({ gocardless: { at, answered } })
const [early, late] = ['2026-11-20T08:00:00.000Z', '2026-11-20T09:00:00.000Z']

describe('a bank provider that does not answer', () => {
  it('is told beside the dependencies, and makes nothing unready', () => {
    const health = { nats: 'ok', ...said(late, false) }
    expect(isWell(health)).toBe(true)
    expect(isWell({ ...health, nats: 'disconnected' })).toBe(false)
    expect(besideOf(health)).toEqual({
      dependencies: { nats: 'ok' },
      providers: { gocardless: `did not answer at ${late}` },
    })
  })

  it.each([
    ['the service that asked last', said(early, true), said(late, false), `did not answer at ${late}`],
    ['the same, whoever that is', said(late, true), said(early, false), 'ok'],
  ])('is as %s found it', async (_, extraction, connection, expected) => {
    const reports: Record<string, object> = { extraction: { nats: 'ok', ...extraction }, connection }
    const bus = {
      call: async ({ service }: { service: string }) => reports[service] ?? { nats: 'ok' },
    } as unknown as Bus
    const { dependencies, providers } = besideOf(await servicesReady(bus))
    expect(providers).toEqual({ gocardless: expected })
    expect(dependencies).toMatchObject({ nats: 'ok', extraction: 'ok', connection: 'ok' })
  })
})
