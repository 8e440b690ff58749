import { fileURLToPath } from 'node:url'
import { type LogoSource, openLogoLinks, type Platform, type Service, servicesReady } from '@pf/service-kit'
import type { FastifyInstance } from 'fastify'
import { openApi } from './api.ts'
import { defaultBounds, type GatewayBounds } from './bounds.ts'
import { Gateway } from './gateway.ts'
import { Engine } from './graphql/engine.ts'
import { GraphqlSockets } from './graphql/sockets.ts'
import { hostCheck } from './http/hosts.ts'
import { close, listen, openListener, portOf } from './http/listeners.ts'
import { settleForwarding, trustedProxies } from './http/proxies.ts'
import { Tokens } from './http/tokens.ts'
import { sealedDownloads, sealedUploads } from './http/uploads.ts'
import { Notices } from './live/notices.ts'
import { fetchLogo } from './logos/fetch-logo.ts'
import { keptLogos } from './logos/logos.ts'
import { openSite } from './web/site.ts'

export type GatewayOptions = {
  /** Each dependency's state, `ok` or what is wrong in words. Without it the services are asked over the bus. */
  dependencies?: () => Promise<Record<string, string>>
  /** In place of the defaults (bounds.ts). */
  bounds?: Partial<GatewayBounds>
}

/** The dashboard as it was built in this checkout. */
const builtWeb = fileURLToPath(new URL('../../web-angular/dist/browser', import.meta.url))

/** Starts both listeners: the API on its own port, and the web's origin with the same API under /api. */
export async function startGateway(
  platform: Pick<
    Platform,
    'bus' | 'config' | 'live' | 'eventLog' | 'objects' | 'keys' | 'holders' | 'logger' | 'metrics' | 'clock' | 'ids'
  >,
  { dependencies = () => servicesReady(platform.bus), ...options }: GatewayOptions = {},
): Promise<Service & { apiUrl: string; webUrl: string }> {
  const logger = platform.logger.child({ service: 'gateway' })
  const { publicUrl, apiPort, webPort, bind, sandbox, webRoot = builtWeb } = platform.config
  const keycloakUrl = platform.config.authMode === 'keycloak' ? platform.config.keycloakUrl : undefined
  const bounds: GatewayBounds = { ...defaultBounds, ...options.bounds }
  const now = () => platform.clock.now().getTime()
  const { bus } = platform
  const tokens = new Tokens(bus, now)
  const notices = new Notices(platform.ids.uuid().slice(-12), bounds.streamsPerUser)
  await notices.start(platform.eventLog, (err) => logger.error({ err }, 'live notices stopped'))
  platform.holders.onWord(async ({ scope }) => {
    if (scope.of !== 'space') return
    tokens.refuseSpace(scope.spaceId)
    notices.forget(scope.spaceId)
  })
  tokens.watchEndedSessions((err) => logger.warn({ err }, 'ended sessions could not be read'))

  const graphql = new Engine((err) => logger.error({ err }, 'a field of GraphQL failed'))
  const uploads = sealedUploads(platform.objects, platform.keys)
  const downloads = sealedDownloads(platform.objects, platform.keys)
  const { objects, keys } = platform
  const fetch = (source: LogoSource) => fetchLogo(source, platform.config.sandboxUrl)
  const logos = keptLogos({ links: openLogoLinks(keys), objects, fetch, now })
  const gateway = new Gateway(
    { bus, tokens, notices, uploads, downloads, logos, graphql, dependencies, now },
    { publicUrl, apiPort, webPort, demo: sandbox === 'on' },
  )
  const app = await openApi(gateway, logger, {
    allowedOrigins: platform.config.allowedOrigins,
    ratePerUser: () => platform.live().ratePerUser,
    ratePerAddress: () => platform.live().ratePerAddress,
    bounds,
    seconds: platform.metrics.httpSeconds,
  })
  const api: FastifyInstance = app.getHttpAdapter().getInstance()
  const site = await openSite(webRoot, { secure: gateway.secure, keycloakUrl })
  await site.ready()

  const isTrusted = trustedProxies(platform.config.trustedProxies)
  const door = { bounds, isTrusted, hostRefusal: hostCheck(publicUrl, bind, platform.config.insideNames) }
  const apiServer = openListener(api.routing, door)
  const webServer = openListener((request, response) => {
    const url = request.url ?? '/'
    if (url !== '/api' && !url.startsWith('/api/')) return site.routing(request, response)
    request.url = url.slice('/api'.length) || '/'
    api.routing(Object.assign(request, { pfPrefix: '/api' }), response)
  }, door)
  const sockets = new GraphqlSockets(gateway, (request) => {
    settleForwarding(request, isTrusted)
    return door.hostRefusal(request)
  })
  sockets.listen(apiServer, '/graphql')
  sockets.listen(webServer, '/api/graphql')
  const stop = async () => {
    tokens.stop()
    sockets.stop()
    notices.stop()
    await Promise.all([close(webServer), close(apiServer)])
    await site.close()
    await app.close()
  }
  try {
    await listen(apiServer, apiPort, bind)
    await listen(webServer, webPort, bind)
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
