import 'reflect-metadata'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyCompress from '@fastify/compress'
import fastifyCookie from '@fastify/cookie'
import fastifyEtag from '@fastify/etag'
import fastifyStatic from '@fastify/static'
import { type DynamicModule, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { type Platform, type Service, servicesReady } from '@pf/service-kit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Gateway, type GatewaySettings } from './gateway.ts'
import { TokenGuard } from './http/guard.ts'
import { hostCheck } from './http/hosts.ts'
import { IdempotencyKeys } from './http/idempotency-keys.ts'
import { readJsonBodies } from './http/json-body.ts'
import { ProblemFilter, sendProblem } from './http/problem-filter.ts'
import { Tokens } from './http/tokens.ts'
import { readForms } from './http/upload.ts'
import { sealedUploads } from './http/uploads.ts'
import { Notices } from './live/notices.ts'
import { openApiDocument } from './openapi.ts'
import { AuthController } from './routes/auth.ts'
import { ConnectionsController } from './routes/connections.ts'
import { IdentityController } from './routes/identity.ts'
import { ImportsController } from './routes/imports.ts'
import { MartsController } from './routes/marts.ts'
import { MoneyController } from './routes/money.ts'
import { OperationsController } from './routes/operations.ts'
import { PreferencesController } from './routes/preferences.ts'
import { SqlController } from './routes/sql.ts'
import { contentSecurityPolicy, openSite } from './web/site.ts'

export type GatewayOptions = {
  /** Each dependency's state, `ok` or what is wrong in words. Without it the services are asked over the bus. */
  dependencies?: () => Promise<Record<string, string>>
}

type Settings = GatewaySettings & { bind: string; webRoot: string }

/** The dashboard as it was built in this checkout. */
const builtWeb = fileURLToPath(new URL('../../web-angular/dist/browser', import.meta.url))

@Module({})
class GatewayModule {}

const bodyLimitBytes = 1024 * 1024
const stopGraceMs = 2_000

/** Starts both listeners: the API on its own port, and the web's origin with the same API under /api. */
export async function startGateway(
  platform: Pick<Platform, 'bus' | 'config' | 'eventLog' | 'objects' | 'keys' | 'holders' | 'logger' | 'clock' | 'ids'>,
  { dependencies = () => servicesReady(platform.bus) }: GatewayOptions = {},
): Promise<Service & { apiUrl: string; webUrl: string }> {
  const logger = platform.logger.child({ service: 'gateway' })
  const { publicUrl, apiPort, webPort, bind, sandbox, webRoot = builtWeb } = platform.config
  const options: Settings = { publicUrl, apiPort, webPort, bind, webRoot, demo: sandbox === 'on' }
  const now = () => platform.clock.now().getTime()
  const { bus } = platform
  const tokens = new Tokens(bus, now)
  const notices = new Notices(platform.ids.uuid().slice(-12))
  await notices.start(platform.eventLog, (err) => logger.error({ err }, 'live notices stopped'))
  platform.holders.onWord(async ({ scope }) => {
    if (scope.of !== 'space') return
    tokens.refuseSpace(scope.spaceId)
    notices.forget(scope.spaceId)
  })
  tokens.watchEndedSessions((err) => logger.warn({ err }, 'ended sessions could not be read'))

  const gateway = new Gateway(
    { bus, tokens, notices, uploads: sealedUploads(platform.objects, platform.keys), dependencies, now },
    options,
  )
  const app = await openApi(gateway, logger, options)
  const api: FastifyInstance = app.getHttpAdapter().getInstance()
  const site = await openSite(options.webRoot)
  await site.ready()

  const allowed = hostCheck(options.publicUrl, options.bind)
  const apiServer = createServer((request, response) => {
    if (allowed(request, response)) api.routing(request, response)
  })
  const webServer = createServer((request, response) => {
    if (!allowed(request, response)) return
    const url = request.url ?? '/'
    if (url !== '/api' && !url.startsWith('/api/')) return site.routing(request, response)
    request.url = url.slice('/api'.length) || '/'
    api.routing(Object.assign(request, { pfPrefix: '/api' }), response)
  })
  for (const server of [apiServer, webServer]) Object.assign(server, { requestTimeout: 30_000, headersTimeout: 15_000 })
  const stop = async () => {
    tokens.stop()
    notices.stop()
    await Promise.all([close(webServer), close(apiServer)])
    await site.close()
    await app.close()
  }
  try {
    await listen(apiServer, options.apiPort, options.bind)
    await listen(webServer, options.webPort, options.bind)
  } catch (error) {
    await stop()
    throw error
  }

  return {
    name: 'gateway',
    apiUrl: `http://localhost:${portOf(apiServer)}`,
    webUrl: `http://localhost:${portOf(webServer)}`,
    ready: async () => ({ gateway: 'ok' }),
    stop,
  }
}

async function openApi(gateway: Gateway, logger: Platform['logger'], options: Settings) {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    trustProxy: false,
    logger: false,
    // Addresses that no router reads, such as a broken percent-encoding.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, error),
  })
  const module: DynamicModule = {
    module: GatewayModule,
    controllers: [
      AuthController,
      ConnectionsController,
      IdentityController,
      ImportsController,
      MartsController,
      MoneyController,
      OperationsController,
      PreferencesController,
      SqlController,
    ],
    providers: [{ provide: Gateway, useValue: gateway }],
  }
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, bodyParser: false })
  app.useGlobalGuards(new TokenGuard(gateway.tokens, new IdempotencyKeys(gateway.now)))
  app.useGlobalFilters(new ProblemFilter(logger))
  const api: FastifyInstance = adapter.getInstance()
  readJsonBodies(api)
  await readForms(api)
  await api.register(fastifyCookie)
  await api.register(fastifyEtag)
  await api.register(fastifyCompress, { threshold: 1024, encodings: ['br', 'gzip'] })
  api.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    if (reply.hasHeader('cache-control')) return
    const mayBeKept = ['GET', 'HEAD'].includes(request.method) && !request.routeOptions.url?.startsWith('/auth/')
    reply.header('cache-control', mayBeKept ? 'private, no-cache' : 'no-store')
  })
  api.addHook('onResponse', async (request, reply) => {
    const { url: route } = request.routeOptions
    const status = reply.statusCode
    logger.info({ method: request.method, route, status, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  const document = openApiDocument(`http://localhost:${options.apiPort}`)
  api.get('/openapi.json', async () => document)
  await documentation(api)
  await app.init()
  await api.ready()
  return app
}

/** Swagger UI over our own document: its files are served from here, its start is a file too (no inline script). */
async function documentation(api: FastifyInstance): Promise<void> {
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  const start = "window.ui = SwaggerUIBundle({ url: '../openapi.json', dom_id: '#swagger-ui', deepLinking: true })"
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Personal Finances API</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="docs/swagger-ui-bundle.js"></script><script src="docs/start.js"></script></body></html>`
  api.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', contentSecurityPolicy).type('text/html; charset=utf-8').send(page),
  )
  api.get('/docs/start.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(start.replace('../openapi.json', './openapi.json')),
  )
  await api.register(fastifyStatic, {
    root,
    prefix: '/docs/',
    wildcard: false,
    index: false,
    globIgnore: ['**/*.html', '**/*.map', '**/package.json'],
    decorateReply: false,
  })
}

/** Rejects with the one thing that went wrong, in words, such as a port in use. */
function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      reject(inUse ? new Error(`Port ${port} on ${host} is in use. Stop what uses it, or choose another one.`) : error)
    })
    server.listen(port, host, resolve)
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What is being answered may finish, for as long as the grace lasts; open streams have been ended by then. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), stopGraceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
