import { type CompletionView, type ConnectionEvent, connectionEvents, type LinkView, requests } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import { noteRefusedFetch } from './testing/refused-fetch.ts'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

const operations = requests.connection
const principal = principalOf(1)
const stranger = principalOf(2)
const hour = 3_600_000

let world: RunningConnection
let asked = 0

beforeAll(async () => {
  world = await runConnection()
})
afterAll(() => world.stop())
beforeEach(() => world.control('DELETE', 'faults'))

const connectionIdOf = (n: number) => `018f0000-0000-7000-8000-0000000c${String(n).padStart(4, '0')}`

function request(n = ++asked): Promise<LinkView> {
  const input = { institutionId: sandboxInstitution, provider: 'sandbox', commandId: `c-${n}` }
  return world.platform.bus.call(operations.request, { ...input, connectionId: connectionIdOf(n) }, { principal })
}

const requisitionOf = (link: string): string => new URL(link).pathname.split('/')[3] ?? ''

/** What the bank's page sends the browser back with. */
async function decide(link: string, decision: 'grant' | 'deny'): Promise<{ reference: string; error?: string }> {
  const { redirect } = await world.control('POST', `consents/${requisitionOf(link)}`, { decision })
  const { searchParams } = new URL(String(redirect))
  const error = searchParams.get('error')
  return { reference: searchParams.get('ref') ?? '', ...(error === null ? {} : { error }) }
}

const complete = (input: object): Promise<CompletionView> => world.platform.bus.call(operations.complete, input)
const get = (id: string, as = principal) => world.platform.bus.call(operations.get, { id }, { principal: as })

async function link(): Promise<{ id: string; requisitionId: string }> {
  const { id, link: url, attempt } = await request()
  const back = await decide(url, 'grant')
  expect(await complete({ ...back, attempt })).toEqual({ outcome: 'linked', connection_id: id, error: null })
  return { id, requisitionId: requisitionOf(url) }
}

const bank = () => world.providers.find('sandbox')!

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

/** Extraction was refused its fetch. */
const refuseFetch = (connectionId: string, accountId: string, bankNow: string): Promise<void> =>
  noteRefusedFetch(world.platform, principal, { connectionId, accountId, bankNow })

describe('asking for a bank', () => {
  it('lists the banks of a country, the demo bank marked as such', async () => {
    const { items } = await world.platform.bus.call(
      operations.institutions,
      { country: 'gb', q: 'sandbox' },
      { principal },
    )
    expect(items).toEqual([expect.objectContaining({ id: sandboxInstitution, provider: 'sandbox', demo: true })])
  })

  it('gives a link to the bank, and the connection waits for its consent', async () => {
    const { id, link: url, status } = await request()
    expect(status).toBe('pending')
    expect(url).toContain(world.bank.url)
    expect(await get(id)).toMatchObject({ id, status: 'pending', consent: null, accounts: [], demo: true, error: null })
  })

  it('answers the same link and attempt when it is asked again with the same key', async () => {
    const first = await request(70)
    expect(await request(70)).toEqual(first)
    expect(await eventsOf(connectionIdOf(70))).toHaveLength(2)
  })

  it('keeps neither the reference nor the attempt', async () => {
    const { id, link: url, attempt } = await request()
    const { reference } = await decide(url, 'grant')
    const written = JSON.stringify(await eventsOf(id))
    expect(reference).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(written).not.toContain(reference)
    expect(written).not.toContain(attempt)
  })

  it('refuses a bank that no provider offers, and a provider that is not set up', async () => {
    const input = { commandId: 'x', connectionId: connectionIdOf(900) }
    const ask = (more: { institutionId: string; provider?: string }) =>
      world.platform.bus.call(operations.request, { ...input, ...more }, { principal })
    await expect(ask({ institutionId: 'NOBODY' })).rejects.toMatchObject({ code: 'institution_not_found' })
    await expect(ask({ institutionId: sandboxInstitution, provider: 'other' })).rejects.toMatchObject({
      code: 'provider_not_configured',
    })
  })

  it('says so when the provider does not answer, and leaves no connection behind', async () => {
    await world.control('POST', 'faults', [{ method: 'POST', path: '/api/v2/requisitions/', status: 503, body: 'x' }])
    await expect(request(901)).rejects.toMatchObject({ code: 'provider_unavailable' })
    await expect(get(connectionIdOf(901))).rejects.toMatchObject({ code: 'connection_not_found' })
  })
})

describe('a return from the bank', () => {
  it('links when it carries the cookie of its attempt, and again when it is repeated', async () => {
    const { id, link: url, attempt } = await request()
    const back = await decide(url, 'grant')
    expect(await complete({ ...back, attempt })).toEqual({ outcome: 'linked', connection_id: id, error: null })
    const view = await get(id)
    expect(view).toMatchObject({ status: 'active', error: null, consent: { granted_at: expect.any(String) } })
    expect(view.accounts).toHaveLength(3)
    expect(await complete({ ...back, attempt })).toEqual({ outcome: 'linked', connection_id: id, error: null })
    expect(await complete(back)).toMatchObject({ outcome: 'linked' })
    const examined = ['AccountExamined', 'AccountExamined', 'AccountExamined']
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'ConnectionRequested',
      'RequisitionCreated',
      ...examined,
      'RequisitionLinked',
    ])
  })

  it("links nothing on another device until the owner confirms, and never with another user's word", async () => {
    const { id, link: url } = await request()
    const back = await decide(url, 'grant')
    expect(await complete(back)).toEqual({ outcome: 'sign_in', connection_id: id, error: null })
    expect(await complete({ ...back, attempt: 'guessed' })).toMatchObject({ outcome: 'sign_in' })
    expect(await complete({ ...back, userId: stranger.userId })).toMatchObject({ outcome: 'not_yours' })
    expect(await complete({ id, userId: stranger.userId })).toMatchObject({ outcome: 'unknown' })
    expect(await get(id)).toMatchObject({ status: 'pending' })
    expect(await complete({ id, userId: principal.userId })).toMatchObject({ outcome: 'linked' })
  })

  it('proves nothing: before the consent it is pending, and an unknown reference is unknown', async () => {
    const { attempt, link: url } = await request()
    const { reference } = await bank().readLink(requisitionOf(url))
    expect(await complete({ reference, attempt })).toMatchObject({ outcome: 'pending' })
    expect(await complete({ reference: 'nobody-knows-it', attempt })).toMatchObject({ outcome: 'unknown' })
  })

  it('tells of a consent that was refused, and its requisition is deleted at the provider', async () => {
    const { id, link: url, attempt } = await request()
    const back = await decide(url, 'deny')
    expect(back.error).toBe('UserCancelledSession')
    expect(await complete({ ...back, attempt })).toMatchObject({ outcome: 'cancelled', connection_id: id })
    expect(await get(id)).toMatchObject({ status: 'failed', error: { code: 'consent_not_given' } })
    await eventually(() => expect(bank().readLink(requisitionOf(url))).rejects.toMatchObject({ action: 'not_found' }))
    await eventually(async () => expect((await eventsOf(id)).at(-1)?.type).toBe('RequisitionRevoked'))
  })

  it('is pending while the bank does not answer for the accounts', async () => {
    const { link: url, attempt } = await request()
    const back = await decide(url, 'grant')
    await world.control('POST', 'faults', [{ path: '/api/v2/accounts/*/details/', times: 1, status: 503, body: 'x' }])
    expect(await complete({ ...back, attempt })).toMatchObject({ outcome: 'pending' })
    expect(await complete({ ...back, attempt })).toMatchObject({ outcome: 'linked' })
  })
})

describe('what the bank says of an account', () => {
  it("lies in the object store under the account's key, byte for byte, and nothing of it in an event", async () => {
    const { id } = await link()
    const events = await eventsOf(id)
    const linked = events.find((event) => event.type === 'RequisitionLinked')
    const [account] = linked?.type === 'RequisitionLinked' ? linked.data.accounts : []
    const { objects, keys } = world.platform
    const plain = await keys.openObject(principal.spaceId, account!.accountId, await objects.get(account!.details.key))
    const said = JSON.parse(new TextDecoder().decode(plain))
    const { iban } = said.metadata
    expect(said.details.account).toMatchObject({ currency: account!.currency })
    expect(plain.byteLength).toBe(account!.details.bytes)
    expect(iban).toMatch(/^GB/)
    expect(JSON.stringify(events)).not.toContain(iban)
    expect(account).toMatchObject({ timeZone: 'Europe/London', currency: 'GBP' })
  })

  it('is recognised through another consent and another connection, by its fingerprints', async () => {
    const one = await get((await link()).id)
    const other = await get((await link()).id)
    expect(other.accounts.toSorted()).toEqual(one.accounts.toSorted())
  })

  it('takes the name and the kind that its owner gives it', async () => {
    const { id } = await link()
    const [accountId] = (await get(id)).accounts
    const input = { id: accountId ?? '', name: 'Bills', kind: 'savings' as const, commandId: 'name-1' }
    expect(await world.platform.bus.call(operations.changeAccount, input, { principal })).toMatchObject({
      name: 'Bills',
      kind: 'savings',
    })
    const { items } = await world.platform.bus.call(operations.accounts, { connectionId: id }, { principal })
    expect(items.find((item) => item.id === accountId)).toMatchObject({ name: 'Bills', kind: 'savings', demo: true })
    await expect(
      world.platform.bus.call(operations.changeAccount, { ...input, commandId: 'name-2' }, { principal: stranger }),
    ).rejects.toMatchObject({ code: 'account_not_found' })
  })
})

describe('a connection', () => {
  it('is renewed in place: the same accounts, and the old requisition is deleted at the provider', async () => {
    const { id, requisitionId } = await link()
    const before = await get(id)
    const renewal = await world.platform.bus.call(operations.renew, { id, commandId: `renew-${id}` }, { principal })
    expect(await get(id)).toMatchObject({ status: 'active' })
    expect(await bank().readLink(requisitionId)).toMatchObject({ status: 'linked' })
    const back = await decide(renewal.link, 'grant')
    expect(await complete({ ...back, attempt: renewal.attempt })).toMatchObject({ outcome: 'linked' })
    expect((await get(id)).accounts.toSorted()).toEqual(before.accounts.toSorted())
    await eventually(() => expect(bank().readLink(requisitionId)).rejects.toMatchObject({ action: 'not_found' }))
  })

  it('is removed with its consent; its accounts stay', async () => {
    const { id, requisitionId } = await link()
    const { accounts } = await get(id)
    // The provider is in trouble at first: the deletion is tried until it is done.
    await world.control('POST', 'faults', [{ method: 'DELETE', path: '/api/v2/requisitions/*', times: 1, status: 503 }])
    await world.platform.bus.call(operations.remove, { id, erase: false, commandId: `rm-${id}` }, { principal })
    await expect(get(id)).rejects.toMatchObject({ code: 'connection_not_found' })
    await eventually(() => expect(bank().readLink(requisitionId)).rejects.toMatchObject({ action: 'not_found' }))
    const { items } = await world.platform.bus.call(operations.accounts, {}, { principal })
    expect(items.map((item) => item.id)).toEqual(expect.arrayContaining(accounts))
  })

  it('is erased on request: what goes is settled at once, and the erasure waits for services that are away', async () => {
    const { id } = await link()
    const { accounts } = await get(id)
    const input = { id, erase: true, commandId: `erase-${id}` }
    const { erasing } = await world.platform.bus.call(operations.remove, input, { principal })
    expect([...(erasing?.erased ?? []), ...(erasing?.kept ?? [])].toSorted()).toEqual(accounts.toSorted())
    await expect(get(id)).rejects.toMatchObject({ code: 'connection_not_found' })
    const again = await world.platform.bus.call(
      operations.remove,
      { ...input, commandId: `again-${id}` },
      { principal },
    )
    expect(again.erasing).toEqual(erasing)
  })

  it("is nobody else's: neither seen nor touched", async () => {
    const { id } = await link()
    const as = { principal: stranger }
    await expect(get(id, stranger)).rejects.toMatchObject({ code: 'connection_not_found' })
    const { bus } = world.platform
    const input = { id, commandId: `x-${id}` }
    for (const id of ["' or '1'='1", '../x', 'evt.auth.>', 'a b']) {
      const refused = { code: 'connection_not_found' }
      await expect(bus.call(operations.renew, { ...input, id }, as)).rejects.toMatchObject(refused)
      await expect(bus.call(operations.remove, { ...input, id, erase: false }, as)).rejects.toMatchObject(refused)
    }
    await expect(bus.call(operations.renew, input, as)).rejects.toMatchObject({ code: 'connection_not_found' })
    await expect(bus.call(operations.rename, { ...input, friendlyName: 'Mine' }, as)).rejects.toMatchObject({
      code: 'connection_not_found',
    })
    await expect(bus.call(operations.remove, { ...input, erase: false }, as)).rejects.toMatchObject({
      code: 'connection_not_found',
    })
    expect((await bus.call(operations.list, {}, as)).items).toEqual([])
    expect((await bus.call(operations.accounts, {}, as)).items).toEqual([])
    expect(await get(id)).toMatchObject({ status: 'active' })
  })

  it('ends its consent when the bank refuses a fetch and the provider says that it is over', async () => {
    const { id, requisitionId } = await link()
    const { consent, accounts } = await get(id)
    const grantedMs = Date.parse(consent?.granted_at ?? '')
    const refusedAfter = (ms: number) => refuseFetch(id, accounts[0] ?? '', new Date(grantedMs + ms).toISOString())
    expect(Date.parse(consent?.expires_at ?? '') - grantedMs).toBe(180 * 24 * hour)
    await refusedAfter(-1)
    // A fetch that was under way while its consent was renewed: the provider says of the new one that it is linked.
    await refusedAfter(1)
    await eventually(async () => {
      const { items } = await world.control('GET', 'calls?method=GET')
      const asked = (items as { path: string }[]).filter(({ path }) => path.includes(`/requisitions/${requisitionId}/`))
      expect(asked).toHaveLength(2)
    })
    await bank().revokeLink(requisitionId)
    await refusedAfter(2)
    await eventually(async () => expect(await get(id)).toMatchObject({ status: 'revoked', error: expect.any(Object) }))
    const endings = (await eventsOf(id)).filter((event) => event.type === 'ConsentEnded')
    expect(endings.map(({ data }) => Date.parse(data.endedAt) - grantedMs)).toEqual([2])
  })

  it('that nobody confirmed for an hour is given up, and its requisition deleted', async () => {
    const { id, link: url } = await request()
    await decide(url, 'grant')
    world.passWall(hour)
    await eventually(async () => expect(await get(id)).toMatchObject({ status: 'failed' }))
    await eventually(() => expect(bank().readLink(requisitionOf(url))).rejects.toMatchObject({ action: 'not_found' }))
  })

  it("expires by the bank's clock, which is announced once from 14 days before", async () => {
    const { id } = await link()
    const advance = async (days: number) => {
      await world.control('POST', 'clock', { advance_days: days })
      world.providers.forgetOffsets()
    }
    await advance(170)
    expect(await get(id)).toMatchObject({ status: 'expiring' })
    await eventually(async () => expect((await eventsOf(id)).at(-1)?.type).toBe('ConsentExpiring'))
    await advance(11)
    expect(await get(id)).toMatchObject({ status: 'expired', error: { code: 'consent_expired' } })
    await eventually(async () =>
      expect((await eventsOf(id)).at(-1)).toMatchObject({ type: 'ConsentEnded', data: { reason: 'expired' } }),
    )
    expect((await eventsOf(id)).filter(({ type }) => type === 'ConsentExpiring')).toHaveLength(1)
  })
})
