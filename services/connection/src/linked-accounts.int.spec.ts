import type { CompletionView, ConnectionView, LinkView, Principal } from '@pf/contracts'
import { requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

const operations = requests.connection
const forbidden = {
  status: 403,
  body: { summary: "Couldn't update account details", detail: 'x', type: 'AccountAccessForbidden', status_code: 403 },
}
/** The household's accounts, by their names at the bank. */
type Listed = { id: string; iban: string | null; name: string }
type Call = { path: string; status: number }

let world: RunningConnection
let principal: Principal
let asked = 0

beforeAll(async () => {
  world = await runConnection()
})
afterAll(() => world.stop())

/** A bank and a space of its own for each spec; `same`: accounts keep their ids through a renewal. */
async function begin(account_ids: 'new' | 'same' = 'new'): Promise<Listed[]> {
  principal = principalOf(++asked + 10)
  await world.platform.keys.createSpaceKey(principal.spaceId)
  await world.control('POST', 'reset', { scenario: 'household', account_ids })
  return listed()
}

const listed = async () => (await world.control('GET', 'accounts'))['items'] as Listed[]
const fault = (...faults: object[]) => world.control('POST', 'faults', faults)
const describes = (id: string, account: object | null) =>
  world.control('PUT', `accounts/${id}/payload`, { details: account === null ? null : { account } })
const bank = () => world.providers.find('sandbox')!
const complete = (input: object): Promise<CompletionView> => world.platform.bus.call(operations.complete, input)
const get = (id: string): Promise<ConnectionView> => world.platform.bus.call(operations.get, { id }, { principal })

const requisitionOf = ({ link }: LinkView): string => new URL(link).pathname.split('/')[3] ?? ''

function request(): Promise<LinkView> {
  const connectionId = `018f0000-0000-7000-8000-0000000e${String(++asked).padStart(4, '0')}`
  const input = { institutionId: sandboxInstitution, provider: 'sandbox', commandId: `c-${asked}`, connectionId }
  return world.platform.bus.call(operations.request, input, { principal })
}

const renew = (id: string): Promise<LinkView> =>
  world.platform.bus.call(operations.renew, { id, commandId: `r-${++asked}` }, { principal })

/** Consents at the bank; answers what the browser comes back with. */
async function granted(link: LinkView): Promise<{ reference: string; attempt: string }> {
  const { redirect } = await world.control('POST', `consents/${requisitionOf(link)}`, { decision: 'grant' })
  return { reference: new URL(String(redirect)).searchParams.get('ref') ?? '', attempt: link.attempt }
}

async function linked(link: LinkView): Promise<ConnectionView> {
  expect(await complete(await granted(link))).toMatchObject({ outcome: 'linked' })
  return get(link.id)
}

async function detailsCalls(): Promise<Call[]> {
  const { items } = await world.control('GET', 'calls?scope=details')
  return items as Call[]
}

/** Metadata of an account that names none of its numbers. */
const nameless = ({ id }: Listed, more: object = {}) => ({
  path: `*/accounts/${id}/`,
  status: 200,
  body: { id, status: 'READY', institution_id: sandboxInstitution, iban: '', ...more },
})

describe('an account whose details the bank does not give', () => {
  it('is left out in words where it is new, and the others are linked', async () => {
    const [first] = await begin()
    await fault({ path: `*/accounts/${first!.id}/details/`, ...forbidden })
    const view = await linked(await request())
    expect(view).toMatchObject({ status: 'active', error: { code: 'account_details_unavailable' } })
    expect(view.error?.detail).toContain('1 account')
    expect(view.accounts).toHaveLength(2)
  })

  it('stays what it was under the previous consent', async () => {
    await begin('same')
    const before = await linked(await request())
    const renewal = await renew(before.id)
    await fault({ path: '*/details/', ...forbidden })
    expect(await linked(renewal)).toMatchObject({ status: 'active', error: null, accounts: before.accounts })
  })

  it('is left out where what comes cannot be read', async () => {
    const [first] = await begin()
    await fault({ path: `*/accounts/${first!.id}/details/`, status: 200, body: {} })
    const view = await linked(await request())
    expect(view).toMatchObject({ status: 'active', error: { code: 'account_details_unavailable' } })
    expect(view.accounts).toHaveLength(2)
  })
})

describe('a bank that is connected again while its erasure is under way', () => {
  it('gets accounts of its own, however long the provider takes to end the old consent', async () => {
    await begin()
    const { id, accounts } = await linked(await request())
    await fault({ method: 'DELETE', path: '/api/v2/requisitions/*', times: 1000, status: 503 })
    const input = { id, erase: true, commandId: `e-${++asked}` }
    await world.platform.bus.call(operations.remove, input, { principal })
    await eventually(async () => {
      expect((await world.platform.bus.call(operations.accounts, {}, { principal })).items).toEqual([])
    })
    const again = await linked(await request())
    expect(again.accounts).toHaveLength(accounts.length)
    expect(again.accounts.filter((accountId) => accounts.includes(accountId))).toEqual([])
  })
})

describe('a return from the bank that cannot be settled yet', () => {
  it('says when calls come back, and spends none again on what it has kept', async () => {
    await begin()
    const back = await granted(await request())
    const [, , last] = await listed()
    const limited = {
      status: 429,
      body: { summary: 'Rate limit exceeded', detail: 'Please try again in 7200 seconds' },
    }
    await fault({ path: `*/accounts/${last!.id}/details/`, times: 1, ...limited })
    expect(await complete(back)).toMatchObject({ outcome: 'pending', error: expect.stringContaining('2 hours') })
    expect(await complete(back)).toMatchObject({ outcome: 'linked', error: null })
    const calls = await detailsCalls()
    expect(calls.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 429])
  })

  it('spends nothing while an account is being prepared', async () => {
    await begin()
    const back = await granted(await request())
    const [, , last] = await listed()
    await fault({ ...nameless(last!, { status: 'PROCESSING' }), times: 1 })
    expect(await complete(back)).toMatchObject({ outcome: 'pending', error: expect.stringContaining('preparing') })
    expect(await detailsCalls()).toEqual([])
    expect(await complete(back)).toMatchObject({ outcome: 'linked' })
  })

  it('fails in words where no account can be read, and the requisition is deleted at the provider', async () => {
    const accounts = await begin()
    for (const { id } of accounts) await describes(id, { name: 'Account without a currency' })
    const link = await request()
    expect(await complete(await granted(link))).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('3 accounts'),
    })
    expect(await get(link.id)).toMatchObject({ status: 'failed', error: { code: 'account_currency_unknown' } })
    await eventually(() => expect(bank().readLink(requisitionOf(link))).rejects.toMatchObject({ action: 'not_found' }))
  })
})

describe('an account without an identifier', () => {
  const anonymous = { name: 'Pot', currency: 'GBP', cashAccountType: 'CACC' }

  it('is the same after a renewal under the same handle', async () => {
    const [first] = await begin('same')
    await describes(first!.id, anonymous)
    await fault(nameless(first!))
    const before = await linked(await request())
    expect(before.accounts).toHaveLength(3)
    const after = await linked(await renew(before.id))
    expect(after).toMatchObject({ error: null, accounts: before.accounts })
  })

  it('is not opened twice by a renewal: it is left out in words', async () => {
    const [first] = await begin('new')
    await describes(first!.id, anonymous)
    await fault(nameless(first!))
    const before = await linked(await request())
    const renewal = await renew(before.id)
    const back = await granted(renewal)
    const ids = (await bank().readLink(requisitionOf(renewal))).accounts
    const known = (await listed()).filter(({ id, name }) => ids.includes(id) && name === first!.name)
    expect(known).toHaveLength(1)
    await fault(nameless(known[0]!))
    expect(await complete(back)).toMatchObject({ outcome: 'linked', error: expect.any(String) })
    const after = await get(before.id)
    expect(after.error?.code).toBe('account_unidentified')
    expect(after.accounts).toHaveLength(2)
    const { items } = await world.platform.bus.call(operations.accounts, {}, { principal })
    expect(items.map((item) => item.id).toSorted()).toEqual(before.accounts.toSorted())
  })
})

describe('an account with the identifiers of two', () => {
  it('is left out in words, and the others are linked', async () => {
    const [first, second] = await begin()
    const before = await linked(await request())
    // What the first says of itself now: its own IBAN, and sort code and number of the second.
    const { iban } = first!
    await describes(first!.id, { name: 'Both', currency: 'GBP', iban, scan: second!.iban?.slice(8) })
    const view = await linked(await request())
    expect(view).toMatchObject({ status: 'active', error: { code: 'account_ambiguous' } })
    expect(view.accounts).toHaveLength(2)
    expect(before.accounts).toEqual(expect.arrayContaining(view.accounts))
    expect(await get(before.id)).toMatchObject({ error: null })
  })
})
