import { type CompletionView, type InputOf, type LinkView, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import type { ProviderInstance } from '@pf/providers'
import { startDocumentedEnableBanking } from '@pf/providers/testing'
import { principalOf, type RunningConnection, runConnection, sandboxInstitution } from './testing/running-connection.ts'

const operations = requests.connection
const principal = principalOf(1)
const stranger = principalOf(2)
const hour = 3_600_000

let world: RunningConnection
let nordic: Awaited<ReturnType<typeof startDocumentedEnableBanking>>
let asked = 0
/** Its next call does not get through. */
let isNordicAway = false

beforeAll(async () => {
  nordic = await startDocumentedEnableBanking()
  const enableBanking: ProviderInstance = {
    ...{ id: 'enable-banking', kind: 'enable-banking', baseUrl: nordic.baseUrl, demo: false, keys: nordic.keys },
  }
  const interrupted: typeof fetch = (input, init) => {
    if (!isNordicAway || !String(input).startsWith(nordic.baseUrl)) return fetch(input, init)
    isNordicAway = false
    return Promise.reject(new TypeError('The line is down.'))
  }
  world = await runConnection({ instances: () => [enableBanking], fetch: interrupted })
  await world.providers.lookup('enable-banking')
})
afterAll(async () => {
  await world.stop()
  await nordic.close()
})
beforeEach(() => world.control('DELETE', 'faults'))

type Back = Pick<InputOf<typeof operations.complete>, 'reference' | 'code' | 'error'>
type Bank = {
  provider: string
  institutionId: string
  /** Sends the browser back with what was decided. */
  decide(linkId: string, decision: 'grant' | 'deny'): Promise<Back>
  /** Trouble of the provider from now on, until it is over. */
  trouble(): Promise<void>
}

const linkIdOf = ({ link }: LinkView): string => /[0-9a-f-]{36}/.exec(link)?.[0] ?? ''

function backOf(redirect: string): Back {
  const { searchParams } = new URL(redirect)
  const [code, error] = [searchParams.get('code'), searchParams.get('error')]
  return {
    reference: searchParams.get('ref') ?? searchParams.get('state') ?? '',
    ...(code === null ? {} : { code }),
    ...(error === null ? {} : { error }),
  }
}

const banks: Record<string, Bank> = {
  GoCardless: {
    provider: 'sandbox',
    institutionId: sandboxInstitution,
    async decide(linkId, decision) {
      return backOf(String((await world.control('POST', `consents/${linkId}`, { decision }))['redirect']))
    },
    trouble: async () =>
      void (await world.control('POST', 'faults', [
        { path: '/api/v2/requisitions/*', times: 1, status: 503, body: 'x' },
      ])),
  },
  'Enable Banking': {
    provider: 'enable-banking',
    institutionId: 'Documented_Bank~FI',
    decide: async (linkId, decision) => backOf(nordic.decide(linkId, decision)),
    trouble: async () => {
      isNordicAway = true
    },
  },
}

const complete = (input: object): Promise<CompletionView> => world.platform.bus.call(operations.complete, input)
const get = (id: string) => world.platform.bus.call(operations.get, { id }, { principal })
const renew = (id: string): Promise<LinkView> =>
  world.platform.bus.call(operations.renew, { id, commandId: `r-${++asked}` }, { principal })

function request({ provider, institutionId }: Bank, as = principal): Promise<LinkView> {
  const connectionId = `018f0000-0000-7000-8000-0000000a${String(++asked).padStart(4, '0')}`
  const input = { institutionId, provider, commandId: `c-${asked}`, connectionId }
  return world.platform.bus.call(operations.request, input, { principal: as })
}

/** What happened before the return, who speaks with it, and what it comes to. */
type Case = {
  when: string
  back: (bank: Bank, link: LinkView) => Promise<object>
  outcome: CompletionView['outcome']
  words?: RegExp
  /** Of the connection afterwards; undefined where it is gone. */
  leaves: string | undefined
}

const withCookie = (back: object, { attempt }: LinkView) => ({ ...back, attempt })
const granted = (bank: Bank, link: LinkView) => bank.decide(linkIdOf(link), 'grant')
/** A return that says it failed, of a person who decided nothing. */
const failing = (error: string) => async (bank: Bank, link: LinkView) => {
  const { reference } = await bank.decide(linkIdOf(link), 'deny')
  return withCookie({ reference, error }, link)
}

const cases: Case[] = [
  {
    when: 'was granted, with the cookie of its attempt',
    back: async (bank, link) => withCookie(await granted(bank, link), link),
    outcome: 'linked',
    leaves: 'active',
  },
  {
    when: 'was linked and comes again',
    async back(bank, link) {
      const back = withCookie(await granted(bank, link), link)
      await complete(back)
      return back
    },
    outcome: 'linked',
    leaves: 'active',
  },
  {
    when: 'was linked and comes again without its cookie',
    async back(bank, link) {
      const back = await granted(bank, link)
      await complete(withCookie(back, link))
      return back
    },
    outcome: 'linked',
    leaves: 'active',
  },
  {
    when: 'was denied at the bank',
    back: async (bank, link) => withCookie(await bank.decide(linkIdOf(link), 'deny'), link),
    outcome: 'cancelled',
    words: /cancelled at the bank/,
    leaves: 'failed',
  },
  {
    when: 'timed out at the bank',
    back: failing('InstitutionTimeoutError'),
    outcome: 'failed',
    words: /in time/,
    leaves: 'failed',
  },
  {
    when: 'broke at the bank',
    back: failing('InstitutionTechnicalError'),
    outcome: 'failed',
    words: /technical/,
    leaves: 'failed',
  },
  {
    when: 'broke at the provider',
    back: failing('server_error'),
    outcome: 'failed',
    words: /technical/,
    leaves: 'failed',
  },
  {
    when: 'used a link twice',
    back: failing('RequisitionLinkReused'),
    outcome: 'failed',
    words: /used before/,
    leaves: 'failed',
  },
  {
    when: 'names an error that nobody knows',
    back: failing('<b>Call 0800</b>'),
    outcome: 'failed',
    words: /^The bank did not grant access/,
    leaves: 'failed',
  },
  {
    when: 'comes before anything was decided',
    back: async (_bank, link) => ({ id: link.id, userId: principal.userId }),
    outcome: 'pending',
    leaves: 'pending',
  },
  {
    when: 'is forged: nobody gave out its reference',
    back: async (_bank, link) => withCookie({ reference: 'x'.repeat(43), code: 'x' }, link),
    outcome: 'unknown',
    leaves: 'pending',
  },
  {
    when: 'comes on another device, where nobody is signed in',
    back: (bank, link) => granted(bank, link),
    outcome: 'sign_in',
    leaves: 'pending',
  },
  {
    when: 'comes on another device, where its owner is signed in',
    back: async (bank, link) => ({ ...(await granted(bank, link)), userId: principal.userId }),
    outcome: 'linked',
    leaves: 'active',
  },
  {
    when: 'comes on another device, and its owner signs in afterwards',
    async back(bank, link) {
      const back = await granted(bank, link)
      await complete(back)
      return { ...back, id: link.id, userId: principal.userId }
    },
    outcome: 'linked',
    leaves: 'active',
  },
  {
    when: 'carries the cookie of another user’s attempt',
    async back(bank, link) {
      const { attempt } = await request(bank, stranger)
      return { ...(await granted(bank, link)), attempt }
    },
    outcome: 'sign_in',
    leaves: 'pending',
  },
  {
    when: 'comes with another user’s word',
    back: async (bank, link) => ({ ...(await granted(bank, link)), userId: stranger.userId }),
    outcome: 'not_yours',
    leaves: 'pending',
  },
  {
    when: 'is of an attempt that a later one replaced',
    async back(bank, link) {
      const back = withCookie(await granted(bank, link), link)
      await renew(link.id)
      return back
    },
    outcome: 'failed',
    words: /Start again/,
    leaves: 'pending',
  },
  {
    when: 'is of a bank that was removed meanwhile',
    async back(bank, link) {
      const back = withCookie(await granted(bank, link), link)
      await world.platform.bus.call(
        operations.remove,
        { id: link.id, erase: false, commandId: `rm-${link.id}` },
        { principal },
      )
      return back
    },
    outcome: 'unknown',
    leaves: undefined,
  },
  {
    when: 'comes while the provider is in trouble',
    async back(bank, link) {
      const back = withCookie(await granted(bank, link), link)
      await bank.trouble()
      return back
    },
    outcome: 'pending',
    words: /Try again later/,
    leaves: 'pending',
  },
  {
    when: 'comes again after the provider was in trouble',
    async back(bank, link) {
      const back = withCookie(await granted(bank, link), link)
      await bank.trouble()
      await complete(back)
      return back
    },
    outcome: 'linked',
    leaves: 'active',
  },
  {
    when: 'comes after nobody came for an hour',
    async back(bank, link) {
      const back = withCookie(await granted(bank, link), link)
      world.passWall(hour)
      nordic.passDays(1 / 24)
      await eventually(async () => expect(await get(link.id)).toMatchObject({ status: 'failed' }))
      return back
    },
    outcome: 'failed',
    words: /Start again/,
    leaves: 'failed',
  },
]

describe.each(Object.keys(banks))('a return from the bank (%s) that', (name) => {
  const bank = banks[name] as Bank
  it.each(cases)('$when: $outcome', async ({ back, outcome, words, leaves }) => {
    const link = await request(bank)
    const completion = await complete(await back(bank, link))
    expect(completion).toMatchObject({ outcome })
    if (words !== undefined) expect(completion.error).toMatch(words)
    else expect(completion.error).toBeNull()
    if (leaves === undefined) await expect(get(link.id)).rejects.toMatchObject({ code: 'connection_not_found' })
    else expect(await get(link.id)).toMatchObject({ status: leaves })
  })
})

describe('a renewal', () => {
  it.each(Object.keys(banks))('(%s) that is backed out of changes nothing', async (name) => {
    const bank = banks[name] as Bank
    const link = await request(bank)
    await complete(withCookie(await granted(bank, link), link))
    const before = await get(link.id)
    const renewal = await renew(link.id)
    expect(await get(link.id)).toEqual(before)
    const back = withCookie(await bank.decide(linkIdOf(renewal), 'deny'), renewal)
    expect(await complete(back)).toMatchObject({ outcome: 'cancelled' })
    expect(await get(link.id)).toEqual(before)
  })

  it.each(Object.keys(banks))('(%s) that is granted goes on with the same accounts', async (name) => {
    const bank = banks[name] as Bank
    const link = await request(bank)
    await complete(withCookie(await granted(bank, link), link))
    const before = await get(link.id)
    const renewal = await renew(link.id)
    expect(await complete(withCookie(await granted(bank, renewal), renewal))).toMatchObject({ outcome: 'linked' })
    const after = await get(link.id)
    expect(after).toMatchObject({ status: 'active', error: null })
    expect(after.accounts.toSorted()).toEqual(before.accounts.toSorted())
  })
})

describe('a bank that is removed', () => {
  it('has its session closed at Enable Banking, tried until it is done', async () => {
    const bank = banks['Enable Banking'] as Bank
    const link = await request(bank)
    await complete(withCookie(await granted(bank, link), link))
    const closed = () => nordic.calls.filter((call) => call.startsWith('DELETE /sessions/')).length
    const before = closed()
    await bank.trouble()
    const input = { id: link.id, erase: false, commandId: `rm-${link.id}` }
    await world.platform.bus.call(operations.remove, input, { principal })
    await eventually(() => expect(closed()).toBe(before + 1))
    expect(isNordicAway).toBe(false)
  })
})

describe('a code', () => {
  it('of one attempt says nothing of another', async () => {
    const bank = banks['Enable Banking'] as Bank
    const [mine, other] = [await request(bank), await request(bank)]
    const { code, reference } = await granted(bank, other)
    await granted(bank, mine)
    const { userId } = principal
    expect(await complete({ id: mine.id, userId, reference, code })).toMatchObject({ outcome: 'pending' })
    expect(await get(mine.id)).toMatchObject({ status: 'pending' })
    expect(await get(other.id)).toMatchObject({ status: 'pending' })
  })
})
