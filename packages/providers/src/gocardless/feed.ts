import type { Quota } from '@pf/contracts'
import { bankClock, type WallClock } from '../bank-clock.ts'
import type { BankFeed, Fetched, InstitutionDetails, ProviderCapabilities } from '../bank-feed.ts'
import { INSTITUTIONS_KEPT_MS, keepAnswers } from '../kept-answers.ts'
import { ProviderError } from '../provider-error.ts'
import {
  type Call,
  type Deadline,
  defaultLimits,
  exchange,
  type Fetch,
  type Reply,
  type TransportLimits,
} from '../transport.ts'
import {
  AccessToken,
  AccountAnswer,
  answerOf,
  InstitutionAnswer,
  InstitutionList,
  institutionDetailsOf,
  institutionOf,
  TokenPair,
} from './answers.ts'
import { accountStatusOf } from './callback.ts'
import { checkGoCardless } from './check.ts'
import { failureOf } from './errors.ts'
import { createLink, readLink, requisitionPath, type Send } from './links.ts'
import { type RateLimit, rateLimitsOf } from './rate-limit.ts'
import { readReconfirmation, reconfirm } from './reconfirmation.ts'
import { keepTokens, type TokenCache, type TokenEndpoint } from './tokens.ts'

export interface GoCardlessOptions {
  /** Of the provider instance. */
  id: string
  /** Without a path: `https://bankaccountdata.gocardless.com`, or the sandbox bank. */
  baseUrl: string
  secretId: string
  secretKey: string
  /** The instance is the sandbox, whose `Date` header is its clock. */
  believeDate: boolean
  clock: WallClock
  tokens: TokenCache
  fetch?: Fetch
  deadline?: Deadline | undefined
  limits?: Partial<TransportLimits>
}

/** Four successes a day, account and scope since March 2025 (§6). */
const capabilities: ProviderCapabilities = {
  returnsCode: false,
  reconfirms: true,
  takesPsuHeaders: false,
  callsPerDay: 4,
}

/** GoCardless Bank Account Data v2 as a bank feed. Sources: gocardless.md §1–§3, §6, §7. */
export function openGoCardless(options: GoCardlessOptions): BankFeed {
  const { id, believeDate } = options
  const clock = bankClock(options.clock, believeDate)
  const wire = {
    baseUrl: `${options.baseUrl.replace(/\/+$/, '')}/api/v2`,
    fetch: options.fetch ?? globalThis.fetch,
    deadline: options.deadline,
    limits: { ...defaultLimits, ...options.limits },
    onHeaders: clock.learn,
    failureOf,
  }
  const plain: Send = (call) => exchange(call, wire)
  const tokens = keepTokens({ cache: options.tokens, endpoint: tokenEndpoint(plain, options), now: clock.now })
  const send = authorised((call, token) => exchange(call, wire, token), tokens)
  const institutions = institutionsOf(send, id, options.clock)

  const fetched = async (accountId: string, scope: string, query: Record<string, string> = {}): Promise<Fetched> => {
    const path = `/accounts/${encodeURIComponent(accountId)}/${scope}/`
    const { bytes, contentType, headers } = await send({ method: 'GET', path, query, data: true })
    const now = clock.now()
    const fetchedAt = options.clock.now().toISOString()
    return { body: bytes, contentType, fetchedAt, bankNow: now.toISOString(), ...limitsOf(headers, now) }
  }

  return {
    id,
    kind: 'gocardless',
    capabilities,

    async now() {
      if (believeDate) await readDate(plain)
      return clock.now().toISOString()
    },

    check: ({ countries }) => checkGoCardless(send, countries ?? []),
    ...institutions,
    createLink: async (input) => createLink(send, await institutions.institution(input.institutionId), input),
    finishLink: async ({ linkId }) => ({ linkId, state: await readLink(send, linkId) }),
    readLink: (linkId) => readLink(send, linkId),

    async revokeLink(linkId) {
      try {
        await send({ method: 'DELETE', path: requisitionPath(linkId) })
      } catch (error) {
        if (!(error instanceof ProviderError && error.code === 'not_found')) throw error
      }
    },

    reconfirm: (agreementId, { redirect }) => reconfirm(send, agreementId, redirect),
    readReconfirmation: (agreementId) => readReconfirmation(send, agreementId),

    async account(providerAccountId) {
      const reply = await send({ method: 'GET', path: `/accounts/${encodeURIComponent(providerAccountId)}/` })
      const { status, institution_id, iban, owner_name, name } = answerOf(AccountAnswer, reply)
      return {
        status: accountStatusOf(status),
        institutionId: institution_id,
        ...(iban ? { iban } : {}),
        ...(owner_name ? { ownerName: owner_name } : {}),
        ...(name ? { name } : {}),
        raw: reply.bytes,
      }
    },

    details: (accountId) => fetched(accountId, 'details'),
    balances: (accountId) => fetched(accountId, 'balances'),
    transactions: (accountId, { dateFrom }) => fetched(accountId, 'transactions', { date_from: dateFrom }),
  }
}

/** Kept for a day: their limit is 300 a minute for the whole company, and they hardly change. */
function institutionsOf(
  send: Send,
  provider: string,
  clock: WallClock,
): Pick<BankFeed, 'institutions' | 'institution'> {
  const lists = keepAnswers<Awaited<ReturnType<BankFeed['institutions']>>>(clock, INSTITUTIONS_KEPT_MS)
  const single = keepAnswers<InstitutionDetails>(clock, INSTITUTIONS_KEPT_MS)
  return {
    institutions: (said) => {
      const country = said.toUpperCase()
      return lists(country, async () => {
        const reply = await send({ method: 'GET', path: '/institutions/', query: { country } })
        return answerOf(InstitutionList, reply).map((institution) => institutionOf(provider, institution))
      })
    },
    institution: (id) =>
      single(id, async () => {
        const reply = await send({ method: 'GET', path: `/institutions/${encodeURIComponent(id)}/` })
        return institutionDetailsOf(provider, answerOf(InstitutionAnswer, reply))
      }),
  }
}

function tokenEndpoint(send: Send, secrets: Pick<GoCardlessOptions, 'secretId' | 'secretKey'>): TokenEndpoint {
  return {
    async create() {
      const body = { secret_id: secrets.secretId, secret_key: secrets.secretKey }
      const pair = answerOf(TokenPair, await send({ method: 'POST', path: '/token/new/', body }))
      return {
        access: pair.access,
        accessSeconds: pair.access_expires,
        refresh: pair.refresh,
        refreshSeconds: pair.refresh_expires,
      }
    },
    async refresh(refresh) {
      const reply = await send({ method: 'POST', path: '/token/refresh/', body: { refresh } })
      const { access, access_expires } = answerOf(AccessToken, reply)
      return { access, accessSeconds: access_expires }
    },
  }
}

/** A token that is not taken is renewed once and the call repeated once; after that it is the operator's matter (§1.3). */
function authorised(
  send: (call: Call, token: string) => Promise<Reply>,
  tokens: { access(): Promise<string>; renew(rejected: string): Promise<string> },
): Send {
  return async (call) => {
    try {
      const token = await tokens.access()
      try {
        return await send(call, token)
      } catch (error) {
        if (!asksForToken(error)) throw error
        return await send(call, await tokens.renew(token))
      }
    } catch (error) {
      if (!asksForToken(error)) throw error
      throw new ProviderError(
        { ...error, code: 'credentials_refused', action: 'stop_and_tell_operator' },
        { cause: error },
      )
    }
  }
}

function asksForToken(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.action === 'refresh_token_and_retry_once'
}

function limitsOf(headers: Headers, bankNow: Date): Pick<Fetched, 'quota' | 'pace'> {
  const { account, general } = rateLimitsOf(headers)
  const toldBy = ({ limit, remaining, resetSeconds }: RateLimit): Quota => ({
    limit,
    remaining,
    resetsAt: new Date(bankNow.getTime() + resetSeconds * 1000).toISOString(),
  })
  return {
    quota: account === undefined ? undefined : toldBy(account),
    ...(general === undefined ? {} : { pace: toldBy(general) }),
  }
}

/** Any answer tells the time; the description of the API needs no token. */
async function readDate(send: Send): Promise<void> {
  try {
    await send({ method: 'GET', path: '/swagger.json' })
  } catch (error) {
    // An answer that is no success came with its date all the same.
    if (!(error instanceof ProviderError) || error.status === undefined) throw error
  }
}
