import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BankClock } from '../../application/bank-clock.ts'
import type { CurrentWorld } from '../../application/current-world.ts'
import { Problem } from '../../http/problem.ts'
import type { Applications } from '../adapters/registered-applications.ts'
import type { AccountAnswers, DataCall } from '../application/account-answers.ts'
import type { Consent } from '../application/consent.ts'
import { ASPSPS } from '../domain/aspsps.ts'
import { Refused, wrongParameter } from '../domain/refused.ts'
import { checkClaims, readToken, unauthorised } from '../domain/token.ts'

export const PREFIX = '/enable-banking'

export type WireParts = {
  clock: BankClock
  world: CurrentWorld
  consent: Consent
  answers: AccountAnswers
  applications: Applications
  redirectUrls: readonly string[]
}

type WithId = { Params: { id: string } }
type WithUid = { Params: { uid: string } }

/** Enable Banking's API (gocardless.md §11) under its own path: no trailing slash, snake_case, its own errors. */
export function wireRoutes(app: FastifyInstance, parts: WireParts): void {
  app.register(
    async (wire) => {
      wire.setErrorHandler(answerError)
      wire.setNotFoundHandler((_request, reply) =>
        reply.code(404).send({ message: 'Not found', code: 404, error: 'WRONG_REQUEST_PARAMETERS', detail: null }),
      )
      const applicationOf = identified(wire, parts)
      setUpRoutes(wire, parts, applicationOf)
      sessionRoutes(wire, parts, applicationOf)
      accountRoutes(wire, parts, applicationOf)
    },
    { prefix: PREFIX },
  )
}

type ApplicationOf = (request: FastifyRequest) => string

/** Who calls: the application whose key has signed the call's token. */
function identified(wire: FastifyInstance, { applications, clock }: WireParts): ApplicationOf {
  const known = new WeakMap<FastifyRequest, string>()
  wire.addHook('onRequest', async (request) => {
    if (request.is404) return
    const token = readToken(request.headers.authorization)
    const { applicationId, signed, signature } = token
    if (!applications.signed(applicationId, signed, signature)) {
      throw unauthorised('a signature by the key of a registered application')
    }
    checkClaims(token.claims, clock.now())
    known.set(request, applicationId)
  })
  return (request) => {
    const application = known.get(request)
    if (application === undefined) throw unauthorised('a token')
    return application
  }
}

function setUpRoutes(wire: FastifyInstance, { redirectUrls }: WireParts, applicationOf: ApplicationOf): void {
  wire.get('/application', async (request) => ({
    name: 'Personal Finances demo',
    description: 'The demo application of the sandbox bank',
    kid: applicationOf(request),
    environment: 'SANDBOX',
    redirect_urls: redirectUrls,
    active: true,
    countries: [...new Set(ASPSPS.map(({ country }) => country))],
    services: ['AIS'],
  }))
  wire.get<{ Querystring: Record<string, unknown> }>('/aspsps', async ({ query }) => {
    const { country, service = 'AIS', psu_type: psuType } = query
    if (country !== undefined && (typeof country !== 'string' || !/^[A-Z]{2}$/.test(country))) {
      throw wrongParameter('country: expected two capital letters')
    }
    if (service !== 'AIS' && service !== 'PIS') throw wrongParameter('service: expected AIS or PIS')
    const aspsps = ASPSPS.filter((aspsp) => service === 'AIS' && (country ?? aspsp.country) === aspsp.country).filter(
      ({ psu_types }) => psuType === undefined || psu_types.some((type) => type === psuType),
    )
    return { aspsps }
  })
}

function sessionRoutes(
  wire: FastifyInstance,
  { consent, answers, world }: WireParts,
  applicationOf: ApplicationOf,
): void {
  wire.post('/auth', async (request) => consent.request(applicationOf(request), bodyOf(request)))
  wire.post('/sessions', async (request) => {
    const session = consent.openSession(applicationOf(request), bodyOf(request)['code'])
    const { id, aspsp, psuType, access, accounts } = session
    return {
      session_id: id,
      accounts: accounts.flatMap((uid) => {
        const bank = world.account(answers.keyOf(uid) ?? '')
        return bank === undefined ? [] : [answers.resource(bank, uid)]
      }),
      aspsp,
      psu_type: psuType,
      access,
    }
  })
  wire.get<WithId>('/sessions/:id', async (request) => consent.describe(applicationOf(request), request.params.id))
  wire.delete<WithId>('/sessions/:id', async (request) => {
    consent.close(applicationOf(request), request.params.id)
    return { message: 'OK' }
  })
}

function accountRoutes(wire: FastifyInstance, { answers }: WireParts, applicationOf: ApplicationOf): void {
  const callOf = (request: FastifyRequest<WithUid>): DataCall => ({
    application: applicationOf(request),
    uid: request.params.uid,
    psu: Object.keys(request.headers).filter((name) => name.startsWith('psu-')),
  })
  const send = (reply: FastifyReply, body: Buffer) => reply.type('application/json').send(body)
  const base = '/accounts/:uid'
  wire.get<WithUid>(`${base}/details`, async (request, reply) => send(reply, answers.details(callOf(request))))
  wire.get<WithUid>(`${base}/balances`, async (request, reply) => send(reply, answers.balances(callOf(request))))
  wire.get<WithUid & { Querystring: Record<string, unknown> }>(`${base}/transactions`, async (request, reply) =>
    send(reply, answers.transactions(callOf(request), request.query)),
  )
  wire.get<{ Params: { uid: string; handle: string } }>(`${base}/transactions/:handle`, async (request, reply) =>
    send(reply, answers.transaction(callOf(request), request.params.handle)),
  )
}

function bodyOf({ body }: FastifyRequest): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>
  throw wrongParameter('body: expected an object')
}

/** What is neither ours nor the wire's is a refusal of the HTTP layer, or a defect of this program, which says so. */
function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof Refused) return reply.code(error.status).send(error.body)
  if (error instanceof Problem) return error.send(reply)
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : statusOf(error)
  const detail = error instanceof Error ? error.message : String(error)
  if (status < 500) {
    const { body } = wrongParameter(detail)
    return reply.code(status).send({ ...body, code: status })
  }
  return reply.code(500).send({
    ...{ message: 'Something went wrong', code: 500, error: 'INTERNAL_SERVER_ERROR' },
    detail: `Defect of the sandbox bank: ${detail}`,
  })
}

/** Bodies are parsed by the server that both protocols share, which refuses in its own class. */
const statusOf = (error: unknown): number =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500
