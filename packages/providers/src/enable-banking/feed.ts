import { bankClock, type WallClock } from '../bank-clock.ts'
import type { BankFeed, Fetched, FetchOptions, ProviderCapabilities } from '../bank-feed.ts'
import type { Answer } from '../gocardless/errors.ts'
import { INSTITUTIONS_KEPT_MS, keepAnswers } from '../kept-answers.ts'
import { ProviderError, type ProviderFailure } from '../provider-error.ts'
import {
  type Call,
  type Deadline,
  defaultLimits,
  exchange,
  type Fetch,
  type Reply,
  type TransportLimits,
} from '../transport.ts'
import { accountStatusOf, aspspsOf } from './answers.ts'
import { checkEnableBanking } from './check.ts'
import { enableBankingFailureOf, windowFailureOf } from './errors.ts'
import { fetchPages } from './fetch-pages.ts'
import { countryOf, institutionDetailsOf, institutionIdOf, institutionOf } from './institutions.ts'
import { type LinkRecords, linkRecords, type Records } from './link-records.ts'
import { createLink, finishLink, type LinkParts, readLink, revokeLink, type Send, sessionOf } from './links.ts'
import { psuHeadersFor } from './psu-headers.ts'
import { rsaKeyOf, signTokens } from './token.ts'

export interface EnableBankingOptions {
  /** Of the provider instance. */
  id: string
  /** `https://api.enablebanking.com`, or the sandbox bank with its path. */
  baseUrl: string
  applicationId: string
  /** RSA, PEM. */
  privateKey: string
  /** The instance is the sandbox, whose `Date` header is its clock. */
  believeDate: boolean
  clock: WallClock
  /** Where links and accounts are remembered, sealed. */
  records: Records
  fetch?: Fetch
  deadline?: Deadline | undefined
  limits?: Partial<TransportLimits>
}

/** About four a day and account where nobody is there: the banks' rule. */
const capabilities: ProviderCapabilities = {
  returnsCode: true,
  reconfirms: false,
  takesPsuHeaders: true,
  callsPerDay: 4,
}

/** Enable Banking as a bank feed. Source: gocardless.md §11. Throws TypeError for a key that is none. */
export function openEnableBanking(options: EnableBankingOptions): BankFeed {
  const { id, believeDate } = options
  const clock = bankClock(options.clock, believeDate)
  const limits = { ...defaultLimits, ...options.limits }
  const wire = {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: options.fetch ?? globalThis.fetch,
    deadline: options.deadline,
    limits,
    onHeaders: clock.learn,
  }
  const tokens = signTokens({ ...options, key: rsaKeyOf(options.privateKey), now: clock.now })
  const sendBy =
    (failureOf: (answer: Answer) => ProviderFailure): Send =>
    async (call) => {
      const token = await tokens.token()
      try {
        return await exchange(call, { ...wire, failureOf }, token)
      } catch (error) {
        // The demo's clock was moved, as this very answer told: the token was of another day.
        const isRefused = error instanceof ProviderError && error.code === 'credentials_refused'
        if (!believeDate || !isRefused) throw error
        const another = await tokens.token(token)
        return exchange(call, { ...wire, failureOf }, another)
      }
    }
  const send = sendBy(enableBankingFailureOf)
  const records = linkRecords(id, options.records)
  const parts: LinkParts = { send, records, now: clock.now }
  const institutions = institutionsOf(send, id, options.clock)

  const fetched = (answer: Pick<Fetched, 'body' | 'contentType' | 'stopped'>): Fetched => ({
    ...answer,
    fetchedAt: options.clock.now().toISOString(),
    bankNow: clock.now().toISOString(),
    quota: undefined,
  })
  const callOf = async (uid: string, scope: string, asked: FetchOptions | undefined): Promise<Call> => ({
    method: 'GET',
    path: `/accounts/${encodeURIComponent(uid)}/${scope}`,
    headers: await headersOf(records, institutions, uid, asked),
    data: true,
  })
  const single = async (uid: string, scope: string, asked: FetchOptions | undefined): Promise<Fetched> => {
    const { bytes, contentType } = await send(await callOf(uid, scope, asked))
    return fetched({ body: bytes, contentType })
  }

  return {
    id,
    kind: 'enable-banking',
    capabilities,

    async now() {
      if (believeDate) await readDate((call) => exchange(call, { ...wire, failureOf: enableBankingFailureOf }))
      return clock.now().toISOString()
    },

    check: (setUp) => checkEnableBanking(send, setUp),
    ...institutions,
    createLink: async (input) => createLink(parts, await institutions.institution(input.institutionId), input),
    finishLink: async ({ linkId, callback }) => ({ linkId, state: await finishLink(parts, linkId, callback) }),
    readLink: (linkId) => readLink(parts, linkId),
    revokeLink: (linkId) => revokeLink(parts, linkId),

    async account(uid) {
      const account = await records.account(uid)
      const sessionId = account && (await records.link(account.linkId))?.sessionId
      if (account === undefined || sessionId === undefined) throw notFound()
      const { state, raw } = await sessionOf(parts, sessionId)
      return { status: accountStatusOf(state.status), institutionId: account.institutionId, raw }
    },

    details: (uid, asked) => single(uid, 'details', asked),
    balances: (uid, asked) => single(uid, 'balances', asked),

    async transactions(uid, { dateFrom }, asked) {
      const call = { ...(await callOf(uid, 'transactions', asked)), query: { date_from: dateFrom } }
      const today = () => clock.now().toISOString().slice(0, 10)
      const sendWindow = sendBy((answer) => windowFailureOf(answer, { from: dateFrom, today: today() }))
      return fetched(await fetchPages(sendWindow, call, limits.maxBytes))
    },
  }
}

const notFound = () => new ProviderError({ code: 'not_found', action: 'not_found', counted: false, spent: false })

/** The list of a country is all that the API has, and is kept for a day. */
function institutionsOf(
  send: Send,
  provider: string,
  clock: WallClock,
): Pick<BankFeed, 'institutions' | 'institution'> {
  const lists = keepAnswers<Awaited<ReturnType<typeof ask>>>(clock, INSTITUTIONS_KEPT_MS)
  const ask = async (country: string) => {
    return aspspsOf(await send({ method: 'GET', path: '/aspsps', query: { country, service: 'AIS' } }))
  }
  const listOf = (said: string) => {
    const country = said.toUpperCase()
    return lists(country, () => ask(country))
  }
  return {
    institutions: async (country) => (await listOf(country)).map((aspsp) => institutionOf(provider, aspsp)),
    async institution(institutionId) {
      const country = countryOf(institutionId)
      const banks = country === undefined ? [] : await listOf(country)
      const found = banks.find((aspsp) => institutionIdOf(aspsp) === institutionId)
      if (found === undefined) throw notFound()
      return institutionDetailsOf(provider, found)
    },
  }
}

/** Of a user who waits; where the bank's rules are not to be had, none are sent. */
async function headersOf(
  records: LinkRecords,
  { institution }: Pick<BankFeed, 'institution'>,
  uid: string,
  asked: FetchOptions | undefined,
): Promise<Record<string, string>> {
  if (asked?.psu === undefined) return {}
  const account = await records.account(uid)
  if (account === undefined) return {}
  try {
    const { requiredPsuHeaders = [] } = await institution(account.institutionId)
    return psuHeadersFor(requiredPsuHeaders, asked.psu)
  } catch (error) {
    if (error instanceof ProviderError) return {}
    throw error
  }
}

/** Any answer tells the time; a refusal for want of a token does as well. */
async function readDate(send: (call: Call) => Promise<Reply>): Promise<void> {
  try {
    await send({ method: 'GET', path: '/application' })
  } catch (error) {
    if (!(error instanceof ProviderError) || error.status === undefined) throw error
  }
}
