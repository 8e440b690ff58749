import 'reflect-metadata'
import fastifyCompress from '@fastify/compress'
import fastifyCookie from '@fastify/cookie'
import { type DynamicModule, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { networkOf } from '@pf/contracts'
import type { Logger, Metrics } from '@pf/service-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayBounds } from './bounds.ts'
import { serveDocsPage } from './docs/page.ts'
import { Gateway } from './gateway.ts'
import { nothingTook } from './http/addresses.ts'
import { tagAnswers } from './http/etags.ts'
import { TokenGuard } from './http/guard.ts'
import { IdempotencyKeys } from './http/idempotency-keys.ts'
import { readJsonBodies, readLogoutForm } from './http/json-body.ts'
import { checkOrigins } from './http/origins.ts'
import { ProblemFilter, sendProblem } from './http/problem-filter.ts'
import { costOf, RateLimit } from './http/rate-limits.ts'
import { dataPolicy, securityHeaders } from './http/security-headers.ts'
import { traceRequests } from './http/spans.ts'
import { readForms } from './http/upload.ts'
import { ApiTokensController } from './routes/api-tokens.ts'
import { AuthController } from './routes/auth.ts'
import { ConnectionsController } from './routes/connections.ts'
import { ExportsController } from './routes/exports.ts'
import { GraphqlController } from './routes/graphql.ts'
import { IdentityController } from './routes/identity.ts'
import { ImportsController } from './routes/imports.ts'
import { InvitesController } from './routes/invites.ts'
import { LogosController } from './routes/logos.ts'
import { MartsController } from './routes/marts.ts'
import { MfaController } from './routes/mfa.ts'
import { MoneyController } from './routes/money.ts'
import { OperationsController } from './routes/operations.ts'
import { PasskeysController } from './routes/passkeys.ts'
import { PreferencesController } from './routes/preferences.ts'
import { SqlController } from './routes/sql.ts'

export type ApiSettings = {
  allowedOrigins: readonly string[]
  ratePerUser: () => number
  ratePerAddress: () => number
  bounds: GatewayBounds
  /** What answers took. */
  seconds: Metrics['httpSeconds']
}

@Module({})
class GatewayModule {}

const controllers = [
  AuthController,
  ApiTokensController,
  InvitesController,
  MfaController,
  ConnectionsController,
  GraphqlController,
  ExportsController,
  IdentityController,
  ImportsController,
  LogosController,
  MartsController,
  MoneyController,
  OperationsController,
  PasskeysController,
  PreferencesController,
  SqlController,
]

/** The API as one Fastify instance, without a listener: what every route shares, and the routes. */
export async function openApi(gateway: Gateway, logger: Logger, settings: ApiSettings) {
  const { bounds } = settings
  const always = { ...securityHeaders(gateway.secure), 'content-security-policy': dataPolicy }
  const adapter = new FastifyAdapter({
    bodyLimit: bounds.bodyBytes,
    // The listener left one address there, and only where a trusted proxy told it (http/proxies.ts).
    trustProxy: (_address: string, hop: number) => hop === 0,
    logger: false,
    // A logo's name holds where it comes from.
    routerOptions: { maxParamLength: 512 },
    // Addresses that no router reads, such as a broken percent-encoding.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply.headers(always), error),
  })
  const module: DynamicModule = {
    module: GatewayModule,
    controllers,
    providers: [{ provide: Gateway, useValue: gateway }],
  }
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, bodyParser: false })
  const limit = (perMinute: () => number) =>
    new RateLimit({ perMinute, remembered: bounds.rememberedCallers, now: () => performance.now() })
  app.useGlobalGuards(new TokenGuard(gateway.tokens, new IdempotencyKeys(gateway.now), limit(settings.ratePerUser)))
  app.useGlobalFilters(new ProblemFilter(logger))
  const api: FastifyInstance = adapter.getInstance()
  api.addHook('onRequest', async (_request, reply) => {
    reply.headers(always)
  })
  traceRequests(api)
  const perAddress = limit(settings.ratePerAddress)
  api.addHook('onRequest', async (request) => {
    perAddress.take(networkOf(request.ip), costOf(request.method, request.routeOptions.url))
  })
  checkOrigins(api, gateway.publicUrl, settings.allowedOrigins)
  // Before a body is read that nothing will take.
  api.addHook('onRequest', async (request, reply) => {
    if (request.is404) throw nothingTook(request, reply)
  })
  readJsonBodies(api, bounds)
  readLogoutForm(api)
  await readForms(api)
  await api.register(fastifyCookie)
  tagAnswers(api)
  await api.register(fastifyCompress, { threshold: 1024, encodings: ['br', 'gzip'] })
  keepFromCaches(api)
  tellAnswers(api, logger, settings.seconds)
  await serveDocsPage(api)
  await app.init()
  await api.ready()
  return app
}

function keepFromCaches(api: FastifyInstance): void {
  api.addHook('onSend', async (request, reply) => {
    if (reply.hasHeader('cache-control')) return
    const mayBeKept = ['GET', 'HEAD'].includes(request.method) && !request.routeOptions.url?.startsWith('/auth/')
    reply.header('cache-control', mayBeKept ? 'private, no-cache' : 'no-store')
  })
}

/** Method, route, status and time: nothing of what was said. */
function tellAnswers(api: FastifyInstance, logger: Logger, seconds: Metrics['httpSeconds']): void {
  api.addHook('onResponse', async (request, reply) => {
    const { url: route } = request.routeOptions
    const status = reply.statusCode
    seconds.observe({ method: request.method, status }, reply.elapsedTime / 1000)
    logger.info({ method: request.method, route, status, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
}
