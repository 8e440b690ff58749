import { type CompletionView, type ConnectionEvent, connectionEvents, type LinkView, requests } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import { firstLookMs } from './application/open-returns.ts'
import { askAgainMs } from './application/watch-consents.ts'
import { startBritishBank } from './testing/documented-british-bank.ts'
import { noteRefusedFetch } from './testing/refused-fetch.ts'
import { principalOf, type RunningConnection, runConnection } from './testing/running-connection.ts'

const operations = requests.connection
const principal = principalOf(1)
const dayMs = 86_400_000

let world: RunningConnection
let bank: Awaited<ReturnType<typeof startBritishBank>>
let asked = 0

beforeAll(async () => {
  bank = await startBritishBank()
  const keys = { kind: 'gocardless', secretId: 'id', secretKey: 'key' } as const
  world = await runConnection({
    instances: () => [{ id: 'gocardless', kind: 'gocardless', baseUrl: bank.baseUrl, demo: true, keys }],
  })
})
afterAll(async () => {
  await world.stop()
  await bank.close()
})
beforeEach(() => bank.accountStatus('READY'))

const requisitionOf = ({ link }: LinkView): string => new URL(link).pathname.split('/')[3] ?? ''
const complete = (input: object): Promise<CompletionView> => world.platform.bus.call(operations.complete, input)
const get = (id: string) => world.platform.bus.call(operations.get, { id }, { principal })

function request(): Promise<LinkView> {
  const connectionId = `018f0000-0000-7000-8000-0000000b${String(++asked).padStart(4, '0')}`
  const input = { institutionId: bank.institutionId, provider: 'gocardless', commandId: `c-${asked}`, connectionId }
  return world.platform.bus.call(operations.request, input, { principal })
}

/** As its owner, who is signed in. */
const confirmed = (id: string) => complete({ id, userId: principal.userId })

async function linked(): Promise<{ id: string; requisitionId: string }> {
  const link = await request()
  bank.become(requisitionOf(link), 'LN')
  expect(await confirmed(link.id)).toMatchObject({ outcome: 'linked' })
  return { id: link.id, requisitionId: requisitionOf(link) }
}

/** The day of the provider moves on; the next round of the watch sees it. */
function passDays(days: number): void {
  bank.passDays(days)
  world.providers.forgetOffsets()
}

/** Time passes everywhere. */
function passWall(ms: number): void {
  world.passWall(ms)
  bank.passDays(ms / dayMs)
}

async function eventsOf(connectionId: string): Promise<ConnectionEvent[]> {
  const { eventLog: log, keys: sealer, clock, ids } = world.platform
  const seen: ConnectionEvent[] = []
  const decider = {
    initial: null,
    decide: (): ConnectionEvent[] => [],
    evolve: (_: null, event: ConnectionEvent) => {
      seen.push(event)
      return null
    },
  }
  const reader = createCommandHandler({ ...connectionEvents, decider }, { log, sealer, clock, ids })
  await reader.load({ spaceId: principal.spaceId, aggregateId: connectionId })
  return seen
}
const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type)

/** Extraction was refused its fetch. */
async function refuseFetch(connectionId: string, ...why: [code: string, action: string] | []): Promise<void> {
  const [accountId = ''] = (await get(connectionId)).accounts
  const bankNow = await world.providers.askNow('gocardless')
  await noteRefusedFetch(world.platform, principal, { connectionId, accountId, bankNow }, ...why)
}

describe('a requisition that the provider calls', () => {
  it.each([
    ['CR', 'pending', 'pending'],
    ['GC', 'pending', 'pending'],
    ['UA', 'pending', 'pending'],
    ['SA', 'pending', 'pending'],
    ['GA', 'pending', 'pending'],
    ['ID', 'pending', 'pending'],
    ['LN', 'linked', 'active'],
    ['RJ', 'failed', 'failed'],
    ['ER', 'failed', 'failed'],
    ['EX', 'failed', 'failed'],
    ['SU', 'failed', 'failed'],
  ])('%s is %s to the user, and its connection %s', async (status, outcome, leaves) => {
    const link = await request()
    bank.become(requisitionOf(link), status)
    expect(await confirmed(link.id)).toMatchObject({ outcome })
    expect(await get(link.id)).toMatchObject({ status: leaves })
    if (outcome === 'failed') await eventually(() => expect(bank.knows(requisitionOf(link))).toBe(false))
  })

  it('GA is looked at again after its browser came back, and linked by itself when it is LN', async () => {
    const link = await request()
    bank.become(requisitionOf(link), 'GA')
    expect(await confirmed(link.id)).toMatchObject({ outcome: 'pending' })
    bank.become(requisitionOf(link), 'LN')
    passWall(firstLookMs)
    await eventually(async () => expect(await get(link.id)).toMatchObject({ status: 'active' }))
  })

  it('LN is not linked where no browser came back', async () => {
    const link = await request()
    bank.become(requisitionOf(link), 'LN')
    bank.calls.length = 0
    passWall(2 * firstLookMs)
    const other = await request()
    bank.become(requisitionOf(other), 'GA')
    await confirmed(other.id)
    bank.become(requisitionOf(other), 'LN')
    passWall(firstLookMs)
    await eventually(async () => expect(await get(other.id)).toMatchObject({ status: 'active' }))
    expect(await get(link.id)).toMatchObject({ status: 'pending' })
    expect(bank.calls.filter((call) => call.includes(requisitionOf(link)))).toEqual([])
  })

  it('LN waits while an account is still being prepared', async () => {
    const link = await request()
    bank.become(requisitionOf(link), 'LN')
    bank.accountStatus('PROCESSING')
    expect(await confirmed(link.id)).toMatchObject({ outcome: 'pending', error: expect.stringContaining('preparing') })
    bank.accountStatus('READY')
    expect(await confirmed(link.id)).toMatchObject({ outcome: 'linked' })
  })
})

describe('a bank that gives old history once only', () => {
  it('is asked for 90 days by the lasting consent, and its user is told', async () => {
    const link = await request()
    expect(link.history_days).toBe(90)
    bank.become(requisitionOf(link), 'LN')
    await confirmed(link.id)
    expect(await get(link.id)).toMatchObject({ consent: { history_days: 90 } })
    expect(new Set(bank.historyDays())).toEqual(new Set([90]))
  })
})

describe('a fetch of an account that the provider does not know', () => {
  it('ends the consent where its link was deleted elsewhere', async () => {
    const { id, requisitionId } = await linked()
    await world.providers.find('gocardless')?.revokeLink(requisitionId)
    await refuseFetch(id, 'not_found', 'not_found')
    await eventually(async () => expect(await get(id)).toMatchObject({ status: 'revoked' }))
  })

  it('leaves it where the link stands: its other accounts can be read', async () => {
    const { id } = await linked()
    bank.accountStatus('EXPIRED')
    await refuseFetch(id, 'not_found', 'not_found')
    // Refusals are judged one after the other: the later one has the consent ended, and says why in its own word.
    await refuseFetch(id, 'consent_expired', 'reauthorise')
    await eventually(async () => expect(await get(id)).toMatchObject({ status: 'expired' }))
    const ended = (await eventsOf(id)).filter((event) => event.type === 'ConsentEnded')
    expect(ended.map(({ data }) => data)).toEqual([expect.objectContaining({ reason: 'expired' })])
  })
})

describe('a consent that the provider suspended', () => {
  it.each(['its requisition', 'its account'])('by %s ends, and only connecting again helps', async (what) => {
    const { id, requisitionId } = await linked()
    if (what === 'its account') bank.accountStatus('SUSPENDED')
    else bank.become(requisitionId, 'SU')
    await refuseFetch(id)
    await eventually(async () =>
      expect(await get(id)).toMatchObject({
        status: 'failed',
        error: { code: 'consent_suspended', detail: expect.stringContaining('Connect the bank again') },
      }),
    )
    await eventually(() => expect(bank.knows(requisitionId)).toBe(false))
    expect(await typesOf(id)).toEqual(expect.arrayContaining(['ConsentSuspended', 'ConsentEnded']))
    bank.accountStatus('READY')
    const renewal = await world.platform.bus.call(operations.renew, { id, commandId: `r-${id}` }, { principal })
    bank.become(requisitionOf(renewal), 'LN')
    expect(await confirmed(id)).toMatchObject({ outcome: 'linked' })
    expect(await get(id)).toMatchObject({ status: 'active', error: null })
  })
})

describe('a consent for two years', () => {
  it('is confirmed every 90 days at the page of the provider, and stands while nothing can be read', async () => {
    const { id, requisitionId } = await linked()
    const { consent } = await get(id)
    const grantedMs = Date.parse(consent?.granted_at ?? '')
    expect(Date.parse(consent?.expires_at ?? '') - grantedMs).toBe(730 * dayMs)
    expect(await get(id)).toMatchObject({ status: 'active', reconfirmation: null })

    passDays(77)
    await eventually(async () =>
      expect(await get(id)).toMatchObject({
        status: 'active',
        error: null,
        reconfirmation: {
          link: 'https://consent.example/confirm',
          due_at: new Date(grantedMs + 90 * dayMs).toISOString(),
          valid_to: new Date(grantedMs + 104 * dayMs).toISOString(),
        },
      }),
    )

    passDays(15)
    bank.calls.length = 0
    await refuseFetch(id)
    await eventually(() => expect(bank.calls.join()).toContain(requisitionId))
    await eventually(async () =>
      expect(await get(id)).toMatchObject({ status: 'active', error: { code: 'reconfirmation_due' } }),
    )
    expect((await typesOf(id)).at(-1)).toBe('ReconfirmationDue')

    bank.confirm()
    // Back from the page: its owner's browser says so, and the provider is asked.
    expect(await confirmed(id)).toMatchObject({ outcome: 'linked' })
    expect(await get(id)).toMatchObject({ status: 'active', error: null, reconfirmation: null })
    expect((await typesOf(id)).slice(-2)).toEqual(['ReconfirmationDue', 'ConsentReconfirmed'])
  })

  it('is known to be confirmed without anybody’s word, and asked for again in its time', async () => {
    const { id } = await linked()
    passDays(77)
    await eventually(async () => expect((await typesOf(id)).at(-1)).toBe('ReconfirmationDue'))
    bank.confirm()
    passWall(askAgainMs)
    await eventually(async () => expect((await typesOf(id)).at(-1)).toBe('ConsentReconfirmed'))
    passDays(78)
    passWall(askAgainMs)
    await eventually(async () => {
      const due = (await eventsOf(id)).filter(({ type }) => type === 'ReconfirmationDue')
      expect(due).toHaveLength(2)
    })
  })

  it('ends where nobody confirms it', async () => {
    const { id } = await linked()
    passDays(77)
    await eventually(async () => expect((await typesOf(id)).at(-1)).toBe('ReconfirmationDue'))
    passDays(28)
    passWall(askAgainMs)
    await eventually(async () => expect(await get(id)).toMatchObject({ status: 'expired', reconfirmation: null }))
    expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'ConsentEnded', data: { reason: 'expired' } })
  })
})
