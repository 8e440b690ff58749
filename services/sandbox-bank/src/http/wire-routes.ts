import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
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
import { pathOf } from './server.ts'

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

type WithId = { Params: { id: string } }
const PAGE_LIMIT = 100

/** GoCardless Bank Account Data v2 (gocardless.md §1–§2): bare paths, trailing slashes, JSON bodies as documented. */
export function wireRoutes(app: FastifyInstance, parts: WireParts): void {
  // Before the limits, which stand in a later hook: who is nobody is told so.
  app.addHook('preValidation', async (request) => {
    const path = pathOf(request)
    if (request.is404 || !path.startsWith('/api/v2/') || path.startsWith('/api/v2/token/')) return
    const [scheme, token] = (request.headers.authorization ?? '').split(' ')
    if (scheme !== 'Bearer' || !token) throw invalidToken()
    parts.tokens.verify(token, 'access')
  })
  tokenRoutes(app, parts)
  institutionRoutes(app, parts)
  agreementRoutes(app, parts)
  requisitionRoutes(app, parts)
  accountRoutes(app, parts)
}

function tokenRoutes(app: FastifyInstance, { tokens, knows }: WireParts): void {
  app.post('/api/v2/token/new/', async (request) => {
    const body = bodyOf(request)
    const [id, key] = required(body, ['secret_id', 'secret_key'])
    if (!knows(id ?? '', key ?? '')) throw authenticationFailed()
    return {
      access: tokens.issue('access'),
      access_expires: ACCESS_SECONDS,
      refresh: tokens.issue('refresh'),
      refresh_expires: REFRESH_SECONDS,
    }
  })
  app.post('/api/v2/token/refresh/', async (request) => {
    const [refresh] = required(bodyOf(request), ['refresh'])
    tokens.verify(refresh ?? '', 'refresh')
    return { access: tokens.issue('access'), access_expires: ACCESS_SECONDS }
  })
}

function institutionRoutes(app: FastifyInstance, { banks }: WireParts): void {
  app.get<{ Querystring: Record<string, string> }>('/api/v2/institutions/', async ({ query }) => {
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
  })
  app.get<WithId>('/api/v2/institutions/:id/', async ({ params }) => {
    const institution = banks.find(params.id)
    if (!institution) throw notFound()
    return institution
  })
}

function agreementRoutes(app: FastifyInstance, { agreements, reconfirmations, publicUrl }: WireParts): void {
  const base = '/api/v2/agreements/enduser/'
  app.post(base, async (request, reply) => reply.code(201).send(agreements.make(bodyOf(request))))
  app.get(base, async (request) => pageOf(request, agreements.all(), publicUrl()))
  app.get<WithId>(`${base}:id/`, async ({ params }) => agreements.get(params.id))
  app.delete<WithId>(`${base}:id/`, async ({ params }) => {
    agreements.delete(params.id)
    return { summary: 'End User Agreement deleted', detail: `End User Agreement ${params.id} deleted` }
  })
  app.put<WithId>(`${base}:id/accept/`, async (request) => agreements.accept(request.params.id, bodyOf(request)))
  app.get<WithId>(`${base}:id/reconfirm/`, async ({ params }) => reconfirmations.shown(params.id))
  app.post<WithId>(`${base}:id/reconfirm/`, async (request, reply) =>
    reply.code(201).send(reconfirmations.ask(request.params.id, bodyOf(request))),
  )
}

function requisitionRoutes(app: FastifyInstance, { consents, publicUrl }: WireParts): void {
  const base = '/api/v2/requisitions/'
  app.post(base, async (request, reply) => reply.code(201).send(consents.request(bodyOf(request))))
  app.get<{ Querystring: Record<string, string> }>(base, async (request) => {
    const strangers = Object.keys(request.query).filter((name) => name !== 'limit' && name !== 'offset')
    if (strangers.length > 0) throw unknownFields(strangers, 'query')
    return pageOf(request, consents.requisitions(), publicUrl())
  })
  app.get<WithId>(`${base}:id/`, async ({ params }) => consents.requisition(params.id))
  app.delete<WithId>(`${base}:id/`, async ({ params }) => {
    consents.deleteRequisition(params.id)
    return {
      summary: 'Requisition deleted',
      detail: `Requisition ${params.id} deleted with all its End User Agreements`,
    }
  })
}

function accountRoutes(app: FastifyInstance, { data }: WireParts): void {
  const base = '/api/v2/accounts/:id/'
  const answer = (reply: FastifyReply, { body, headers }: DataAnswer) =>
    reply.headers(headers).type('application/json').send(body)
  app.get<WithId>(base, async ({ params }) => data.metadata(params.id))
  app.get<WithId>(`${base}details/`, async ({ params }, reply) => answer(reply, data.details(params.id)))
  app.get<WithId>(`${base}balances/`, async ({ params }, reply) => answer(reply, data.balances(params.id)))
  app.get<WithId & { Querystring: { date_from?: string; date_to?: string } }>(
    `${base}transactions/`,
    async ({ params, query }, reply) => answer(reply, data.transactions(params.id, query)),
  )
}

/** The body as an object. @throws WireError 400 where it is something else. */
function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const body = request.body ?? {}
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
function pageOf<T>(request: FastifyRequest, all: T[], publicUrl: string): Record<string, unknown> {
  const query = request.query as { limit?: string; offset?: string }
  const natural = (text: string | undefined, otherwise: number) =>
    text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise
  const limit = Math.min(natural(query.limit, PAGE_LIMIT) || PAGE_LIMIT, PAGE_LIMIT)
  const offset = natural(query.offset, 0)
  const at = (start: number) => `${publicUrl}${pathOf(request)}?limit=${limit}&offset=${start}`
  return {
    count: all.length,
    next: offset + limit < all.length ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    results: all.slice(offset, offset + limit),
  }
}
