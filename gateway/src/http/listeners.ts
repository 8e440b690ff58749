import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { GatewayBounds } from '../bounds.ts'
import { limitConnectionsPerAddress } from './connections-per-address.ts'
import { settleForwarding, type TrustedProxies } from './proxies.ts'
import { type EarlyRefusal, early, refuseEarly, refuseOnSocket } from './refuse-early.ts'
import { SlowBodies } from './slow-bodies.ts'

type Serve = (request: IncomingMessage, response: ServerResponse) => void
type Door = {
  bounds: GatewayBounds
  isTrusted: TrustedProxies
  hostRefusal: (request: IncomingMessage) => EarlyRefusal | undefined
}

const stopGraceMs = 2_000

/**
 * A server before whose routes the same things are settled for every request: who asks, for which host, and that
 * neither its headers nor the rate of its body are beyond their bounds.
 */
export function openListener(serve: Serve, { bounds, isTrusted, hostRefusal }: Door): Server {
  const slowBodies = new SlowBodies(bounds)
  const server = createServer(
    {
      maxHeaderSize: bounds.headerBytes,
      headersTimeout: bounds.headersMs,
      requestTimeout: bounds.requestMs,
      keepAliveTimeout: bounds.keepAliveMs,
      connectionsCheckingInterval: Math.min(5_000, bounds.headersMs),
    },
    (request, response) => {
      settleForwarding(request, isTrusted)
      const refusal = sizeRefusal(request, bounds) ?? hostRefusal(request)
      if (refusal !== undefined) return refuseEarly(response, refusal)
      slowBodies.watch(request, response)
      serve(request, response)
    },
  )
  // One more than are taken: Node drops those beyond its own bound without a word.
  server.maxHeadersCount = bounds.headers + 1
  server.maxRequestsPerSocket = bounds.requestsPerConnection
  server.maxConnections = bounds.connections
  limitConnectionsPerAddress(server, bounds.connectionsPerAddress, isTrusted)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseOnSocket(socket, refusalOf(error)))
  server.once('close', () => slowBodies.stop())
  return server
}

function sizeRefusal({ url = '', rawHeaders }: IncomingMessage, bounds: GatewayBounds): EarlyRefusal | undefined {
  if (url.length > bounds.urlCharacters) return early.urlTooLong
  return rawHeaders.length / 2 > bounds.headers ? early.headersTooLarge : undefined
}

function refusalOf({ code }: NodeJS.ErrnoException): EarlyRefusal {
  if (code === 'HPE_HEADER_OVERFLOW') return early.headersTooLarge
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? early.tooSlow : early.malformed
}

/** Rejects with the one thing that went wrong, in words, such as a port in use. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE'
      reject(inUse ? new Error(`Port ${port} on ${host} is in use. Stop what uses it, or choose another one.`) : error)
    })
    server.listen(port, host, resolve)
  })
}

export function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What is being answered may finish, for as long as the grace lasts; open streams have been ended by then. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), stopGraceMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}
