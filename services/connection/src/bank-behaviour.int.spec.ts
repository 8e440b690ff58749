import { type CompletionView, type LinkView, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { ProviderError } from '@pf/providers'
import { firstLookMs } from './application/open-returns.ts'
import { noteRefusedFetch } from './testing/refused-fetch.ts'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

/** What banks do beside the demo's plain way, against the sandbox bank that does it. */
const operations = requests.connection
const principal = principalOf(1)
const dayMs = 86_400_000
const monzo = 'MONZO_MONZGB2L'

let world: RunningConnection
let asked = 0
beforeAll(async () => {
  world = await runConnection()
})
afterAll(() => world.stop())

const bank = () => world.providers.find('sandbox')!
const held = (institution: string) =>
  world.control('POST', 'reset', {
    scenario: 'household',
    seed: 'behaviour',
    institution,
    as_of: '2026-03-10T10:00:00Z',
  })
const get = (id: string) => world.platform.bus.call(operations.get, { id }, { principal })
const complete = (input: object): Promise<CompletionView> => world.platform.bus.call(operations.complete, input)
const requisitionOf = ({ link }: LinkView): string => new URL(link).pathname.split('/')[3] ?? ''
const accountsOf = async (link: LinkView): Promise<string[]> => (await bank().readLink(requisitionOf(link))).accounts

/** The bank's days pass; the service hears of it at its next round. */
async function passDays(days: number): Promise<void> {
  await world.control('POST', 'clock', { advance_days: days })
  world.providers.forgetOffsets()
}

function request(institutionId: string): Promise<LinkView> {
  const connectionId = `018f0000-0000-7000-8000-0000000d${String(++asked).padStart(4, '0')}`
  const input = { institutionId, provider: 'sandbox', commandId: `c-${asked}`, connectionId }
  return world.platform.bus.call(operations.request, input, { principal })
}

/** The consent is given without a browser, and its browser comes back. */
async function granted(link: LinkView, more: object = {}): Promise<CompletionView> {
  const { redirect } = await world.control('POST', `consents/${requisitionOf(link)}`, { decision: 'grant', ...more })
  return complete({ reference: new URL(String(redirect)).searchParams.get('ref') ?? '', attempt: link.attempt })
}

/** As its user presses a button on a page of the bank. */
async function press(page: string, decision: string, accounts: string[]): Promise<string> {
  const body = new URLSearchParams([['decision', decision], ...accounts.map((id): [string, string] => ['account', id])])
  const { headers } = await fetch(page, { method: 'POST', redirect: 'manual', body })
  return headers.get('location') ?? ''
}

/** What the bank says to a fetch of this account: nothing, or why not. */
async function refusalOf(providerAccountId: string | undefined): Promise<string | undefined> {
  try {
    await bank().balances(providerAccountId ?? '')
    return undefined
  } catch (error) {
    if (error instanceof ProviderError) return error.code
    throw error
  }
}

async function fetchRefused(id: string, code: string): Promise<void> {
  const [accountId = ''] = (await get(id)).accounts
  const bankNow = await world.providers.askNow('sandbox')
  await noteRefusedFetch(world.platform, principal, { connectionId: id, accountId, bankNow }, code)
}

describe('a bank whose consent is confirmed every 90 days', () => {
  it('is announced, gives nothing until it is confirmed, and then gives again', async () => {
    await held(monzo)
    world.providers.forgetOffsets()
    const link = await request(monzo)
    expect(await granted(link)).toMatchObject({ outcome: 'linked' })
    const { id } = link
    const { consent } = await get(id)
    const grantedMs = Date.parse(consent?.granted_at ?? '')
    expect(Date.parse(consent?.expires_at ?? '') - grantedMs).toBe(730 * dayMs)
    const accounts = await accountsOf(link)

    await passDays(77)
    const announced = await eventually(async () => {
      const { reconfirmation, status } = await get(id)
      expect({ status, due: reconfirmation?.due_at }).toEqual({
        status: 'active',
        due: new Date(grantedMs + 90 * dayMs).toISOString(),
      })
      return reconfirmation
    })
    expect(await refusalOf(accounts[0])).toBeUndefined()

    await passDays(14)
    expect(await refusalOf(accounts[0])).toBe('access_expired')
    await fetchRefused(id, 'access_expired')
    await eventually(async () =>
      expect(await get(id)).toMatchObject({ status: 'active', error: { code: 'reconfirmation_due' } }),
    )

    const back = await press(announced?.link ?? '', 'confirm', accounts)
    expect(new URL(back).searchParams.get('confirmed')).toBe(id)
    expect(await complete({ id, userId: principal.userId })).toMatchObject({ outcome: 'linked' })
    expect(await get(id)).toMatchObject({ status: 'active', error: null, reconfirmation: null })
    expect(await refusalOf(accounts[0])).toBeUndefined()
  })

  it('ends at the bank and here where nobody confirms it', async () => {
    await held(monzo)
    world.providers.forgetOffsets()
    const link = await request(monzo)
    expect(await granted(link)).toMatchObject({ outcome: 'linked' })
    const accounts = await accountsOf(link)
    await passDays(77)
    await eventually(async () => expect((await get(link.id)).reconfirmation).not.toBeNull())
    await passDays(28)
    expect(await refusalOf(accounts[0])).toBe('consent_expired')
    await fetchRefused(link.id, 'consent_expired')
    await eventually(async () =>
      expect(await get(link.id)).toMatchObject({ status: 'expired', error: { code: 'consent_expired' } }),
    )
  })
})

describe('a bank where the user chooses accounts', () => {
  it('is asked for the choice, and shows what was chosen and no more', async () => {
    await held(monzo)
    world.providers.forgetOffsets()
    await world.control('PUT', `institutions/${monzo}`, { login_page: false })
    const link = await request(monzo)
    expect(await press(link.link, 'grant', [])).toBe(link.link)
    const page = await (await fetch(link.link)).text()
    const boxes = [...page.matchAll(/name="account" value="([^"]+)"/g)].map(([, value = '']) => value)
    expect(boxes).toHaveLength(3)
    const back = await press(link.link, 'grant', boxes.slice(0, 1))
    const reference = new URL(back).searchParams.get('ref') ?? ''
    expect(await complete({ reference, attempt: link.attempt })).toMatchObject({ outcome: 'linked' })
    expect(await get(link.id)).toMatchObject({ status: 'active', accounts: [expect.any(String)] })
  })
})

describe('a bank that has to prepare its accounts', () => {
  it('is waited for without a call of its day, and linked by itself', async () => {
    await held(sandboxInstitution)
    world.providers.forgetOffsets()
    await world.control('PUT', `institutions/${sandboxInstitution}`, { processing_seconds: 3600 })
    const link = await request(sandboxInstitution)
    expect(await granted(link)).toMatchObject({
      outcome: 'pending',
      error: expect.stringContaining('preparing the accounts'),
    })
    expect(await get(link.id)).toMatchObject({ status: 'pending', accounts: [] })
    const { items } = await world.control('GET', 'calls?scope=details')
    expect(items).toEqual([])

    await passDays(0.05)
    world.passWall(firstLookMs)
    await eventually(async () =>
      expect(await get(link.id)).toMatchObject({ status: 'active', accounts: { length: 3 } }),
    )
  })
})

describe('a bank that has suspended an account', () => {
  it('after ten failures ends the consent, asks to connect again, and is read again after that', async () => {
    await held(sandboxInstitution)
    world.providers.forgetOffsets()
    const link = await request(sandboxInstitution)
    expect(await granted(link)).toMatchObject({ outcome: 'linked' })
    const accounts = await accountsOf(link)
    await world.control('POST', 'faults', { path: `/accounts/${accounts[0]}/`, kind: 'bank_error', times: 10 })
    for (let failures = 1; failures <= 10; failures++) expect(await refusalOf(accounts[0])).toBe('bank_error')
    expect(await refusalOf(accounts[0])).toBe('account_suspended')
    expect(await refusalOf(accounts[1])).toBe('account_suspended')

    await fetchRefused(link.id, 'account_suspended')
    await eventually(async () =>
      expect(await get(link.id)).toMatchObject({
        status: 'failed',
        error: { code: 'consent_suspended', detail: expect.stringContaining('Connect the bank again') },
      }),
    )
    const before = (await get(link.id)).accounts
    const renewal = await world.platform.bus.call(operations.renew, { id: link.id, commandId: 'again' }, { principal })
    expect(await granted(renewal)).toMatchObject({ outcome: 'linked' })
    expect(await get(link.id)).toMatchObject({ status: 'active', error: null, accounts: before })
    expect(await refusalOf((await accountsOf(renewal))[0])).toBeUndefined()
  })
})
