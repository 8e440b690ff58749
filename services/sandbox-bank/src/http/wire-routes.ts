import { ACCESS_SECONDS, REFRESH_SECONDS, type Tokens } from '../adapters/tokens.ts'
import type { AccountData, DataAnswer } from '../application/account-data.ts'
import type { Agreements } from '../application/agreements.ts'
import type { Banks } from '../application/banks.ts'
import type { Consents } from '../application/consents.ts'
import type { Reconfirmations } from '../application/reconfirmations.ts'
import { COUNTRIES, FEATURE_FILTERS, listed } from '../domain/institutions.ts'
import {
  authenticationFailed,
  fieldError,
  fieldsError,
  invalidToken,
  notFound,
  unknownFields,
} from '../domain/wire-error.ts'

export type WireParts = {
  tokens: Tokens
  banks: Banks
  agreements: Agreements
  reconfirmations: Reconfirmations
  consents: Consents
  data: AccountData
  /** Whether this pair may have a token. */
  knows: (secretId: string, secretKey: string) => boolean
  publicUrl: () => string
}

type Query = Record<string, string>
export type WireRequest = { path: string; params: { id: string }; query: Query; body: unknown }
/** A buffer is JSON already. */
export type WireAnswer = { status: number; body: object | Buffer; headers: Record<string, string> }
/** One call of the wire, whoever carries it: a server, or a process that is its own client. */
export type WireRoute = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `:id` is the one parameter there is. */
  path: string
  answer(request: WireRequest): WireAnswer
}

const PAGE_LIMIT = 100

/** GoCardless Bank Account Data v2 (gocardless.md §1–§2): bare paths, trailing slashes, JSON bodies as documented. */
export function wireRoutes(parts: WireParts): WireRoute[] {
  return [
    ...tokenRoutes(parts),
    ...institutionRoutes(parts),
    ...agreementRoutes(parts),
    ...requisitionRoutes(parts),
    ...accountRoutes(parts),
  ]
}

/** @throws WireError 401 for whoever is nobody; tokens are asked for without one. */
export function checkBearer(path: string, authorization: string | undefined, tokens: Tokens): void {
  if (!path.startsWith('/api/v2/') || path.startsWith('/api/v2/token/')) return
  const [scheme, token] = (authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || !token) throw invalidToken()
  tokens.verify(token, 'access')
}

const ok = (body: object): WireAnswer => ({ status: 200, body, headers: {} })
const created = (body: object): WireAnswer => ({ status: 201, body, headers: {} })

function tokenRoutes({ tokens, knows }: WireParts): WireRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/v2/token/new/',
      answer({ body }) {
        const [id, key] = required(fieldsOf(body), ['secret_id', 'secret_key'])
        if (!knows(id ?? '', key ?? '')) throw authenticationFailed()
        return ok({
          access: tokens.issue('access'),
          access_expires: ACCESS_SECONDS,
          refresh: tokens.issue('refresh'),
          refresh_expires: REFRESH_SECONDS,
        })
      },
    },
    {
      method: 'POST',
      path: '/api/v2/token/refresh/',
      answer({ body }) {
        const [refresh] = required(fieldsOf(body), ['refresh'])
        tokens.verify(refresh ?? '', 'refresh')
        return ok({ access: tokens.issue('access'), access_expires: ACCESS_SECONDS })
      },
    },
  ]
}

function institutionRoutes({ banks }: WireParts): WireRoute[] {
  return [
    { method: 'GET', path: '/api/v2/institutions/', answer: ({ query }) => ok(institutionsFor(query, banks)) },
    {
      method: 'GET',
      path: '/api/v2/institutions/:id/',
      answer({ params }) {
        const institution = banks.find(params.id)
        if (!institution) throw notFound()
        return ok(institution)
      },
    },
  ]
}

function institutionsFor(query: Query, banks: Banks): object[] {
  const strangers = Object.keys(query).filter((name) => name !== 'country' && !Object.hasOwn(FEATURE_FILTERS, name))
  if (strangers.length > 0) throw unknownFields(strangers, 'query')
  const country = query['country']?.toUpperCase()
  if (country !== undefined && !COUNTRIES.includes(country)) {
    const detail = `${query['country']} is not a valid choice.`
    throw fieldError('country', { summary: 'Invalid country choice.', detail })
  }
  return banks
    .all()
    .filter((institution) => country === undefined || institution.countries.includes(country))
    .filter(({ supported_features }) =>
      Object.entries(FEATURE_FILTERS).every(([name, feature]) => {
        const wanted = query[name]?.toLowerCase()
        return wanted === undefined || supported_features.includes(feature) === (wanted === 'true')
      }),
    )
    .map(listed)
}

function agreementRoutes({ agreements, reconfirmations, publicUrl }: WireParts): WireRoute[] {
  const base = '/api/v2/agreements/enduser/'
  return [
    { method: 'POST', path: base, answer: ({ body }) => created(agreements.make(fieldsOf(body))) },
    { method: 'GET', path: base, answer: (request) => ok(pageOf(request, agreements.all(), publicUrl())) },
    { method: 'GET', path: `${base}:id/`, answer: ({ params }) => ok(agreements.get(params.id)) },
    {
      method: 'DELETE',
      path: `${base}:id/`,
      answer({ params }) {
        agreements.delete(params.id)
        return ok({ summary: 'End User Agreement deleted', detail: `End User Agreement ${params.id} deleted` })
      },
    },
    {
      method: 'PUT',
      path: `${base}:id/accept/`,
      answer: ({ params, body }) => ok(agreements.accept(params.id, fieldsOf(body))),
    },
    { method: 'GET', path: `${base}:id/reconfirm/`, answer: ({ params }) => ok(reconfirmations.shown(params.id)) },
    {
      method: 'POST',
      path: `${base}:id/reconfirm/`,
      answer: ({ params, body }) => created(reconfirmations.ask(params.id, fieldsOf(body))),
    },
  ]
}

function requisitionRoutes({ consents, publicUrl }: WireParts): WireRoute[] {
  const base = '/api/v2/requisitions/'
  return [
    { method: 'POST', path: base, answer: ({ body }) => created(consents.request(fieldsOf(body))) },
    {
      method: 'GET',
      path: base,
      answer(request) {
        const strangers = Object.keys(request.query).filter((name) => name !== 'limit' && name !== 'offset')
        if (strangers.length > 0) throw unknownFields(strangers, 'query')
        return ok(pageOf(request, consents.requisitions(), publicUrl()))
      },
    },
    { method: 'GET', path: `${base}:id/`, answer: ({ params }) => ok(consents.requisition(params.id)) },
    {
      method: 'DELETE',
      path: `${base}:id/`,
      answer({ params }) {
        consents.deleteRequisition(params.id)
        return ok({
          summary: 'Requisition deleted',
          detail: `Requisition ${params.id} deleted with all its End User Agreements`,
        })
      },
    },
  ]
}

function accountRoutes({ data }: WireParts): WireRoute[] {
  const base = '/api/v2/accounts/:id/'
  const told = ({ body, headers }: DataAnswer): WireAnswer => ({ status: 200, body, headers })
  return [
    { method: 'GET', path: base, answer: ({ params }) => ok(data.metadata(params.id)) },
    { method: 'GET', path: `${base}details/`, answer: ({ params }) => told(data.details(params.id)) },
    { method: 'GET', path: `${base}balances/`, answer: ({ params }) => told(data.balances(params.id)) },
    {
      method: 'GET',
      path: `${base}transactions/`,
      answer: ({ params, query }) => told(data.transactions(params.id, query)),
    },
  ]
}

/** The body as an object. @throws WireError 400 where it is something else. */
function fieldsOf(said: unknown): Record<string, unknown> {
  const body = said ?? {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  const kind = Array.isArray(body) ? 'list' : typeof body
  throw fieldsError({ non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] })
}

function required(body: Record<string, unknown>, fields: string[]): string[] {
  const missing = fields.filter((field) => typeof body[field] !== 'string' || body[field] === '')
  if (missing.length === 0) return fields.map((field) => String(body[field]))
  const sentence = (field: string) => (body[field] === '' ? 'This field may not be blank.' : 'This field is required.')
  throw fieldsError(Object.fromEntries(missing.map((field) => [field, [sentence(field)]])))
}

/** `{count, next, previous, results}`; the neighbours' addresses are whole. */
function pageOf<T>({ path, query }: WireRequest, all: T[], publicUrl: string): Record<string, unknown> {
  const natural = (text: string | undefined, otherwise: number) =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise
  const limit = Math.min(natural(query['limit'], PAGE_LIMIT) || PAGE_LIMIT, PAGE_LIMIT)
  const offset = natural(query['offset'], 0)
  const at = (start: number) => `${publicUrl}${path}?limit=${limit}&offset=${start}`
  return {
    count: all.length,
    next: offset + limit < all.length ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    results: all.slice(offset, offset + limit),
  }
}
