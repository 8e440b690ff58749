import { type LinkView, requests } from '@pf/contracts'
import type { ProviderInstance } from '@pf/providers'
import { startDocumentedEnableBanking } from '@pf/providers/testing'
import { startBritishBank } from './testing/documented-british-bank.ts'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

const operations = requests.connection
const principal = principalOf(1)
const operator = { principal: { ...principal, roles: ['user', 'operator'] } }
const keys = { secret_id: 'id-1', secret_key: 'key-1' }

let world: RunningConnection
/** One card by two providers, each with an id of its own for the bank. */
const card = { maskedPan: '5355XXXXXXXX1234', currency: 'GBP', name: 'Card', cashAccountType: 'CARD' }
type British = Awaited<ReturnType<typeof startBritishBank>>
let british: [British, British]
let nordic: Awaited<ReturnType<typeof startDocumentedEnableBanking>>
let asked = 0

beforeAll(async () => {
  nordic = await startDocumentedEnableBanking()
  british = [
    await startBritishBank({ id: 'CARDS_AAAAGB2L', bic: 'AAAAGB2L', account: card }),
    await startBritishBank({ id: 'Cards~GB', bic: 'AAAAGB2LXXX', account: card }),
  ]
  const secrets = { kind: 'gocardless', secretId: 'id', secretKey: 'key' } as const
  const cards = british.map(({ baseUrl }, n): ProviderInstance => {
    return { id: `cards-${n}`, kind: 'gocardless', baseUrl, demo: false, keys: secrets }
  })
  world = await runConnection({
    instances: (sandboxUrl): ProviderInstance[] => [
      ...cards,
      { id: 'gocardless', kind: 'gocardless', baseUrl: sandboxUrl, demo: false },
      { id: 'enable-banking', kind: 'enable-banking', baseUrl: nordic.baseUrl, demo: false, keys: nordic.keys },
    ],
  })
})
afterAll(async () => {
  await world.stop()
  await nordic.close()
  for (const bank of british) await bank.close()
})
beforeEach(() => world.control('DELETE', 'faults'))

const call = () => world.platform.bus
const put = (id: string, said: Record<string, string>) =>
  call().call(operations.putProviderKeys, { id, keys: said }, operator)
const check = (id: string) => call().call(operations.checkProvider, { id }, operator)
const providers = async () => (await call().call(operations.providers, {}, { principal })).items

function request(provider?: string, institutionId = sandboxInstitution): Promise<LinkView> {
  const connectionId = `018f0000-0000-7000-8000-0000000d${String(++asked).padStart(4, '0')}`
  const input = { institutionId, commandId: `c-${asked}`, connectionId }
  return call().call(operations.request, { ...input, ...(provider === undefined ? {} : { provider }) }, { principal })
}

async function linked(provider: string): Promise<string> {
  const { id, link, attempt } = await request(provider)
  const requisitionId = new URL(link).pathname.split('/')[3] ?? ''
  const { redirect } = await world.control('POST', `consents/${requisitionId}`, { decision: 'grant' })
  const reference = new URL(String(redirect)).searchParams.get('ref') ?? ''
  expect(await call().call(operations.complete, { reference, attempt })).toMatchObject({ outcome: 'linked' })
  return id
}

describe('the keys of a provider', () => {
  it('are the operator’s alone to put and to check', async () => {
    const as = { principal }
    await expect(call().call(operations.putProviderKeys, { id: 'gocardless', keys }, as)).rejects.toMatchObject({
      code: 'operator_only',
    })
    await expect(call().call(operations.checkProvider, { id: 'gocardless' }, as)).rejects.toMatchObject({
      code: 'operator_only',
    })
  })

  it('have to be those of a provider that is known here, whole', async () => {
    await expect(put('another', keys)).rejects.toMatchObject({ code: 'provider_not_found' })
    await expect(check('another')).rejects.toMatchObject({ code: 'provider_not_found' })
    await expect(put('gocardless', { secret_id: 'id-1' })).rejects.toMatchObject({ code: 'keys_invalid' })
    await expect(put('enable-banking', { application_id: 'a', private_key: 'x' })).rejects.toMatchObject({
      code: 'keys_invalid',
    })
    await expect(check('gocardless')).rejects.toMatchObject({ code: 'provider_not_configured' })
  })

  it('hold from the moment they are put, without a restart, and no answer has them', async () => {
    await expect(request('gocardless')).rejects.toMatchObject({ code: 'provider_not_configured' })
    const before = await providers()
    const view = { id: 'gocardless', kind: 'gocardless', demo: false, redirect_url: expect.any(String) }
    expect(before.find(({ id }) => id === 'gocardless')).toEqual({ ...view, configured: false })
    const answer = await put('gocardless', keys)
    expect(answer).toEqual({ ...view, configured: true })
    expect(String(answer.redirect_url)).toMatch(/\/api\/connections\/callback$/)
    expect(JSON.stringify([answer, await providers()])).not.toContain('key-1')
    expect(await request('gocardless')).toMatchObject({ status: 'pending' })
  })

  it('are checked at the provider, and what was found is said in words', async () => {
    expect(await check('gocardless')).toMatchObject({ ok: true, findings: expect.any(Array) })
    const application = await check('enable-banking')
    expect(application.ok).toBe(true)
    expect(application.findings.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['keys', 'redirect URL', 'services', 'countries']),
    )
    await put('gocardless', { secret_id: 'id-2', secret_key: 'key-2' })
    const refused = { summary: 'Authentication failed', detail: 'x', status_code: 401 }
    await world.control('POST', 'faults', [{ path: '/api/v2/token/*', status: 401, body: refused }])
    expect(await check('gocardless')).toEqual({
      ok: false,
      findings: [{ ok: false, what: 'keys', detail: expect.stringContaining('does not take these keys') }],
    })
  })
})

describe('a bank that comes by two providers', () => {
  beforeAll(async () => {
    await put('gocardless', keys)
  })

  it('is listed by both, and has to be asked for by one of them', async () => {
    const { items } = await call().call(operations.institutions, { country: 'GB', q: 'sandbox' }, { principal })
    expect(items.map(({ provider }) => provider).toSorted()).toEqual(['gocardless', 'sandbox'])
    await expect(request()).rejects.toMatchObject({ code: 'provider_ambiguous' })
  })

  it('shows the same accounts by both: each is once, by the connection that showed it last and still reads it', async () => {
    const first = await linked('sandbox')
    const second = await linked('gocardless')
    const { items } = await call().call(operations.list, {}, { principal })
    const accountsOf = (id: string) => items.find((item) => item.id === id)?.accounts.toSorted()
    expect(accountsOf(second)).toEqual(accountsOf(first))
    const { items: accounts } = await call().call(operations.accounts, {}, { principal })
    expect(accounts.map(({ id }) => id).toSorted()).toEqual(accountsOf(first))
    const shownBy = (views: { connection_id: string | null }[]) => new Set(views.map((view) => view.connection_id))
    expect(shownBy(accounts)).toEqual(new Set([second]))
    const narrowed = await call().call(operations.accounts, { connectionId: first }, { principal })
    expect(narrowed.items).toHaveLength(3)
    const input = { id: second, erase: false, commandId: 'rm-second' }
    await call().call(operations.remove, input, { principal })
    const { items: left } = await call().call(operations.accounts, {}, { principal })
    expect(shownBy(left)).toEqual(new Set([first]))
  })
})

describe('a card that two providers and a file show', () => {
  it('is one account, by its masked number and its bank', async () => {
    const link = async (n: 0 | 1) => {
      const bank = british[n]
      const asking = await request(`cards-${n}`, bank.institutionId)
      bank.become(/[0-9a-f-]{36}/.exec(asking.link)?.[0] ?? '', 'LN')
      const input = { id: asking.id, userId: principal.userId }
      expect(await call().call(operations.complete, input)).toMatchObject({ outcome: 'linked' })
      return (await call().call(operations.get, { id: asking.id }, { principal })).accounts
    }
    const accounts = await link(0)
    expect(accounts).toHaveLength(1)
    expect(await link(1)).toEqual(accounts)
    const input = { identifiers: { maskedPan: '5355********1234' }, dryRun: true, commandId: 'file-1' }
    const [account_id] = accounts
    expect(await call().call(operations.statementAccount, input, { principal })).toMatchObject({
      account_id,
      recognised: 'known',
    })
  })
})
