import type { BankFeed, LinkCallback } from '../bank-feed.ts'
import { checkAnswer, fingerprintsOf, normalise, readBalances, readDetails } from '../payload.ts'
import { ProviderError } from '../provider-error.ts'

/** A provider with a bank behind it that a spec can lead. */
export interface BankUnderTest {
  feed: BankFeed
  /** One bank that it offers; all of its accounts have an IBAN or a card's number. */
  country: string
  institutionId: string
  redirect: string
  /** What the user says at the bank; gives where the browser is sent then. */
  decide(linkId: string, decision: 'grant' | 'deny'): Promise<string>
  /** The next call for balances is answered so. */
  disturb(answer: { status?: number; body?: string; headers?: Record<string, string>; drop?: boolean }): Promise<void>
  /** Moves the bank's clock. */
  passDays(days: number): Promise<void>
  /** How many calls there were whose path has this in it. */
  callsTo(part: string): Promise<number>
  close(): Promise<void>
}

const dayMs = 86_400_000

/** What every provider behind the port keeps to. Runs under Jest, so a spec calls it. */
export function describeBankFeed(name: string, open: () => Promise<BankUnderTest>): void {
  describe(`a bank feed (${name})`, () => {
    let bank: BankUnderTest
    let feed: BankFeed
    let references = 0
    beforeAll(async () => {
      bank = await open()
      feed = bank.feed
    })
    afterAll(() => bank?.close())

    const begin = async () => {
      const reference = `reference-${++references}-${'x'.repeat(32)}`
      const { institutionId, redirect } = bank
      const created = await feed.createLink({ institutionId, redirect, reference, historyDays: 730, consentDays: 730 })
      return { ...created, linkId: created.requisitionId, reference }
    }
    const returnedTo = async (linkId: string, decision: 'grant' | 'deny') => {
      const { searchParams } = new URL(await bank.decide(linkId, decision))
      const [code, error] = [searchParams.get('code'), searchParams.get('error')]
      const callback: LinkCallback = { ...(code === null ? {} : { code }), ...(error === null ? {} : { error }) }
      return { callback, reference: searchParams.get('ref') ?? searchParams.get('state') }
    }
    const linked = async () => {
      const begun = await begin()
      const { callback } = await returnedTo(begun.linkId, 'grant')
      const { state } = await feed.finishLink({ linkId: begun.linkId, callback })
      return { ...begun, callback, state, account: state.accounts[0] ?? '' }
    }
    const failureOf = (call: Promise<unknown>): Promise<unknown> =>
      call.then(
        () => 'it succeeded',
        (error: unknown) => error,
      )
    const since = async (days: number) =>
      new Date(Date.parse(await feed.now()) - days * dayMs).toISOString().slice(0, 10)

    describe('its set-up', () => {
      it('is looked at in words', async () => {
        const findings = await feed.check({ redirect: bank.redirect, countries: [bank.country] })
        expect(findings.length).toBeGreaterThan(1)
        for (const finding of findings) {
          expect(finding).toEqual({ ok: true, what: expect.any(String), detail: expect.stringMatching(/\.$/) })
        }
      })
    })

    describe('its banks', () => {
      it('have names, countries and days, and are asked for once a day', async () => {
        const [banks, again] = [
          await feed.institutions(bank.country),
          await feed.institutions(bank.country.toLowerCase()),
        ]
        expect(again).toEqual(banks)
        const found = banks.find(({ id }) => id === bank.institutionId)
        expect(found).toMatchObject({ provider: feed.id, countries: expect.arrayContaining([bank.country]) })
        for (const { id, maxHistoryDays, maxConsentDays } of banks) {
          expect(id).toMatch(/^[\x21-\x7e]{1,128}$/)
          expect(maxHistoryDays).toBeGreaterThanOrEqual(1)
          expect(maxConsentDays).toBeGreaterThanOrEqual(1)
        }
        const asked = await bank.callsTo(`country=${bank.country}`)
        await feed.institutions(bank.country)
        expect(await bank.callsTo(`country=${bank.country}`)).toBe(asked)
      })

      it('are told one by one, with what they can do', async () => {
        const one = await feed.institution(bank.institutionId)
        const [listed] = (await feed.institutions(bank.country)).filter(({ id }) => id === one.id)
        expect(one).toMatchObject({ ...listed, features: expect.any(Array) })
      })

      it('are not found where there is none of that name', async () => {
        expect(await failureOf(feed.institution('NOBODY_KNOWS_IT'))).toMatchObject({ action: 'not_found' })
      })
    })

    describe('a link', () => {
      it('asks for no more than the bank allows, and waits for the user', async () => {
        const { linkId, link, historyDays, consentDays } = await begin()
        const { maxHistoryDays, maxConsentDays } = await feed.institution(bank.institutionId)
        expect(historyDays).toBeLessThanOrEqual(maxHistoryDays)
        expect(consentDays).toBeLessThanOrEqual(maxConsentDays)
        expect(new URL(link).protocol).toMatch(/^https?:$/)
        expect(await feed.readLink(linkId)).toMatchObject({ status: 'created', accounts: [] })
        expect((await feed.finishLink({ linkId, callback: {} })).state.status).toBe('created')
      })

      it('brings the browser back with the reference, and has accounts and a span then', async () => {
        const { linkId, reference, consentDays } = await begin()
        const returned = await returnedTo(linkId, 'grant')
        expect(returned.reference).toBe(reference)
        const finished = await feed.finishLink({ linkId, callback: returned.callback })
        expect(finished).toMatchObject({ linkId, state: { status: 'linked' } })
        const { accounts, grantedAt = '', expiresAt = '' } = finished.state
        expect(accounts.length).toBeGreaterThan(0)
        const spanDays = (Date.parse(expiresAt) - Date.parse(grantedAt)) / dayMs
        expect(Math.round(spanDays)).toBe(consentDays)
        expect(Math.abs(Date.parse(grantedAt) - Date.parse(await feed.now()))).toBeLessThan(60_000)
      })

      it('is finished by the same return as often as it comes, and read the same', async () => {
        const { linkId, callback, state } = await linked()
        expect(await Promise.all([1, 2].map(() => feed.finishLink({ linkId, callback })))).toEqual([
          { linkId, state },
          { linkId, state },
        ])
        expect(await feed.readLink(linkId)).toEqual(state)
      })

      it('that the user refuses has no accounts, ever', async () => {
        const { linkId } = await begin()
        const { callback } = await returnedTo(linkId, 'deny')
        expect(callback.error).toBeTruthy()
        const { state } = await feed.finishLink({ linkId, callback })
        expect(['rejected', 'failed']).toContain(state.status)
        expect(state.accounts).toEqual([])
        expect((await feed.readLink(linkId)).status).not.toBe('linked')
      })

      it('that is revoked ends all reading, and may be revoked again', async () => {
        const { linkId, account } = await linked()
        await feed.revokeLink(linkId)
        await feed.revokeLink(linkId)
        const refusal = await failureOf(feed.balances(account))
        expect(refusal).toBeInstanceOf(ProviderError)
        expect(['reauthorise', 'not_found', 'resource_unavailable']).toContain((refusal as ProviderError).action)
        expect(refusal).toMatchObject({ spent: false })
      })

      it('that nobody knows is not found', async () => {
        const unknown = '00000000-0000-4000-8000-000000000000'
        expect(await failureOf(feed.readLink(unknown))).toMatchObject({ code: 'not_found', action: 'not_found' })
        await feed.revokeLink(unknown)
      })
    })

    describe('an account', () => {
      it('is described, and known again after a renewal', async () => {
        const identifiersOf = async (accounts: string[]) => {
          const found: string[][] = []
          for (const account of accounts) {
            const metadata = await feed.account(account)
            expect(metadata).toMatchObject({ status: 'ready', institutionId: bank.institutionId })
            const { body } = await feed.details(account)
            const { currency = '', name } = readDetails(metadata.raw, body)
            expect([name, currency]).toEqual([expect.stringMatching(/./), expect.stringMatching(/^[A-Z]{3}$/)])
            found.push(fingerprintsOf(body, metadata.raw, metadata.institutionId, currency))
          }
          return found
        }
        const [one, other] = [await linked(), await linked()]
        const [before, after] = [await identifiersOf(one.state.accounts), await identifiersOf(other.state.accounts)]
        expect(after).toEqual(before)
        expect(new Set(before.map(([first]) => first)).size).toBe(before.length)
        for (const identifiers of before) expect(identifiers.length).toBeGreaterThan(0)
      })

      it('has balances and transactions that the rules read, as they came', async () => {
        const { account } = await linked()
        const balances = await feed.balances(account)
        checkAnswer('balances', balances.body)
        expect(readBalances(balances.body).length).toBeGreaterThan(0)
        const dateFrom = await since(60)
        const fetched = await feed.transactions(account, { dateFrom })
        checkAnswer('transactions', fetched.body)
        expect(fetched).toMatchObject({ bankNow: expect.stringMatching(/Z$/), fetchedAt: expect.stringMatching(/Z$/) })
        const today = fetched.bankNow.slice(0, 10)
        const context = { institutionId: bank.institutionId, today, timeZone: 'Europe/London', currency: 'GBP' }
        const { rows, held } = normalise(fetched.body, { ...context, dateFrom })
        expect(held).toEqual([])
        expect(rows.length).toBeGreaterThan(5)
      })

      it('is answered for no longer than the consent lasts', async () => {
        const { linkId, account, consentDays } = await linked()
        await bank.passDays(consentDays + 1)
        expect(await failureOf(feed.transactions(account, { dateFrom: await since(10) }))).toMatchObject({
          action: 'reauthorise',
          spent: false,
        })
        expect((await feed.readLink(linkId)).status).toBe('expired')
      })

      it('that nobody knows is refused without its id', async () => {
        const unknown = '00000000-0000-4000-8000-00000000dead'
        const refusal = await failureOf(feed.balances(unknown))
        expect(refusal).toBeInstanceOf(ProviderError)
        expect(['not_found', 'resource_unavailable', 'reauthorise']).toContain((refusal as ProviderError).action)
        expect(String(refusal)).not.toContain('dead')
      })
    })

    describe('trouble', () => {
      const html = '<html><body>Bad Gateway</body></html>'
      const answers: [string, Parameters<BankUnderTest['disturb']>[0], object][] = [
        ['a page of an edge', { status: 502, body: html }, { code: 'provider_unavailable', action: 'retry_later' }],
        ['a page for JSON', { status: 200, body: html }, { code: 'bad_answer', action: 'retry_later' }],
        [
          'another content type',
          { status: 200, body: '{}', headers: { 'content-type': 'text/plain' } },
          { code: 'bad_answer' },
        ],
        [
          'JSON cut short',
          { status: 200, body: '{"balances":[{"balanceAmount":{"amount":"1.' },
          { code: 'bad_answer' },
        ],
        ['nothing at all', { status: 200, body: '' }, { code: 'bad_answer', action: 'retry_later' }],
        ['a connection that breaks', { drop: true }, { code: 'unreachable', action: 'retry_later', spent: 'unknown' }],
        ['a redirect', { status: 302, body: '' }, { code: 'bad_answer' }],
      ]
      it.each(answers)(
        '%s is an error of the port, and the next call is none the worse',
        async (_, answer, expected) => {
          const { account } = await linked()
          await bank.disturb(answer)
          const error = await failureOf(feed.balances(account))
          expect(error).toBeInstanceOf(ProviderError)
          expect(error).toMatchObject(expected)
          expect(String(error)).not.toContain(account)
          checkAnswer('balances', (await feed.balances(account)).body)
        },
      )
    })
  })
}
