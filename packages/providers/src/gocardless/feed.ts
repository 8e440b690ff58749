import type { Quota } from '@pf/contracts'
import type { Static } from 'typebox'
import type { BankFeed, CreatedLink, Fetched, LinkRequest, LinkState } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import {
  AccessToken,
  AccountAnswer,
  AgreementAnswer,
  answerOf,
  InstitutionAnswer,
  InstitutionList,
  instantOf,
  institutionOf,
  RequisitionAnswer,
  TokenPair,
} from './answers.ts'
import { bankClock, type WallClock } from './bank-clock.ts'
import { accountStatusOf, linkStatusOf } from './callback.ts'
import { rateLimitsOf } from './rate-limit.ts'
import { keepTokens, type TokenCache, type TokenEndpoint } from './tokens.ts'
import { type Call, defaultLimits, exchange, type Fetch, type Reply, type TransportLimits } from './transport.ts'

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
  limits?: Partial<TransportLimits>
}

/** GoCardless Bank Account Data v2 as a bank feed. Sources: gocardless.md §1–§3, §6, §7. */
export function openGoCardless(options: GoCardlessOptions): BankFeed {
  const clock = bankClock(options.clock, options.believeDate)
  const wire = {
    baseUrl: `${options.baseUrl.replace(/\/+$/, '')}/api/v2`,
    fetch: options.fetch ?? globalThis.fetch,
    limits: { ...defaultLimits, ...options.limits },
    onHeaders: clock.learn,
  }
  const tokens = keepTokens({
    cache: options.tokens,
    endpoint: tokenEndpoint((call) => exchange(call, wire), options),
    now: clock.now,
  })
  const send = authorised((call, token) => exchange(call, { ...wire, token }), tokens)

  const fetched = async (accountId: string, scope: string, query: Record<string, string> = {}): Promise<Fetched> => {
    const path = `/accounts/${encodeURIComponent(accountId)}/${scope}/`
    const { bytes, contentType, headers } = await send({ method: 'GET', path, query, data: true })
    const bankNow = clock.now()
    return {
      body: bytes,
      contentType,
      fetchedAt: options.clock.now().toISOString(),
      bankNow: bankNow.toISOString(),
      quota: quotaOf(headers, bankNow),
    }
  }

  return {
    id: options.id,
    kind: 'gocardless',

    async now() {
      if (options.believeDate) await readDate(wire)
      return clock.now().toISOString()
    },

    async institutions(country) {
      const reply = await send({ method: 'GET', path: '/institutions/', query: { country } })
      return answerOf(InstitutionList, reply).map((institution) => institutionOf(options.id, institution))
    },

    async institution(id) {
      const reply = await send({ method: 'GET', path: `/institutions/${encodeURIComponent(id)}/` })
      const answer = answerOf(InstitutionAnswer, reply)
      return { ...institutionOf(options.id, answer), features: answer.supported_features ?? [] }
    },

    createLink: (input) => createLink(send, input),
    readLink: (requisitionId) => readLink(send, requisitionId),

    async revokeLink(requisitionId) {
      try {
        await send({ method: 'DELETE', path: requisitionPath(requisitionId) })
      } catch (error) {
        if (!isCode(error, 'not_found')) throw error
      }
    },

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

type Send = (call: Call) => Promise<Reply>

const requisitionPath = (id: string) => `/requisitions/${encodeURIComponent(id)}/`

function isCode(error: unknown, code: ProviderError['code']): boolean {
  return error instanceof ProviderError && error.code === code
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

/** What every bank grants. */
const SAFE_DAYS = 90

async function createLink(send: Send, input: LinkRequest): Promise<CreatedLink> {
  const agreement = await createAgreement(send, input)
  const reply = await send({
    method: 'POST',
    path: '/requisitions/',
    body: {
      institution_id: input.institutionId,
      redirect: input.redirect,
      agreement: agreement.id,
      reference: input.reference,
      ...(input.language === undefined ? {} : { user_language: input.language }),
    },
  })
  const { id, link } = answerOf(RequisitionAnswer, reply)
  if (!link)
    throw new ProviderError({ code: 'bad_answer', action: 'retry_later', counted: false, spent: false, status: 201 })
  return {
    requisitionId: id,
    agreementId: agreement.id,
    link,
    historyDays: agreement.max_historical_days,
    consentDays: agreement.access_valid_for_days,
  }
}

/** A bank may refuse the lengths that it announces: then 90 days of both. Other refusals are not about the lengths. */
async function createAgreement(send: Send, input: LinkRequest): Promise<Static<typeof AgreementAnswer>> {
  const ask = async (historyDays: number, consentDays: number) => {
    const body = {
      institution_id: input.institutionId,
      max_historical_days: historyDays,
      access_valid_for_days: consentDays,
      access_scope: ['balances', 'details', 'transactions'],
    }
    return answerOf(AgreementAnswer, await send({ method: 'POST', path: '/agreements/enduser/', body }))
  }
  const safe = [Math.min(input.historyDays, SAFE_DAYS), Math.min(input.consentDays, SAFE_DAYS)] as const
  try {
    return await ask(input.historyDays, input.consentDays)
  } catch (error) {
    const shorter = safe[0] < input.historyDays || safe[1] < input.consentDays
    const aboutTheBank = error instanceof ProviderError && error.fields.includes('institution_id')
    if (!isCode(error, 'bad_request') || aboutTheBank || !shorter) throw error
    return ask(...safe)
  }
}

async function readLink(send: Send, requisitionId: string): Promise<LinkState> {
  const requisition = answerOf(RequisitionAnswer, await send({ method: 'GET', path: requisitionPath(requisitionId) }))
  const status = linkStatusOf(requisition.status)
  const { accounts, reference } = requisition
  const granted = status === 'linked' || status === 'expired' || status === 'suspended'
  const span = granted && requisition.agreement ? await readSpan(send, requisition.agreement) : {}
  return { status, accounts, reference, ...span }
}

const MS_PER_DAY = 86_400_000

/** Access ends at `accepted` + `access_valid_for_days` for all accounts of the link (§2.3). */
async function readSpan(send: Send, agreementId: string): Promise<{ grantedAt?: string; expiresAt?: string }> {
  const path = `/agreements/enduser/${encodeURIComponent(agreementId)}/`
  const agreement = answerOf(AgreementAnswer, await send({ method: 'GET', path }))
  const grantedAt = agreement.accepted ? instantOf(agreement.accepted) : undefined
  if (grantedAt === undefined) return {}
  const expiresAt = new Date(Date.parse(grantedAt) + agreement.access_valid_for_days * MS_PER_DAY).toISOString()
  return { grantedAt, expiresAt }
}

function quotaOf(headers: Headers, bankNow: Date): Quota | undefined {
  const { account } = rateLimitsOf(headers)
  if (account === undefined) return undefined
  const resetsAt = new Date(bankNow.getTime() + account.resetSeconds * 1000).toISOString()
  return { limit: account.limit, remaining: account.remaining, resetsAt }
}

/** Any answer tells the time; the description of the API needs no token. */
async function readDate(wire: Parameters<typeof exchange>[1]): Promise<void> {
  try {
    await exchange({ method: 'GET', path: '/swagger.json' }, wire)
  } catch (error) {
    // An answer that is no success came with its date all the same.
    if (!(error instanceof ProviderError) || error.status === undefined) throw error
  }
}
