import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Running } from '@pf/eventing'
import type { Health } from './health.ts'

/** `/health` and `/ready` of a service that runs alone, on an internal port. The gateway has its own. */
export async function startHealthServer(options: {
  port: number
  bind: string
  ready: () => Promise<Health>
}): Promise<Running & { port: number }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
    }
    if (request.method !== 'GET') return answer(405, { status: 'method not allowed' })
    if (request.url === '/health') return answer(200, { status: 'ok' })
    if (request.url !== '/ready') return answer(404, { status: 'not found' })
    options.ready().then(
      (parts) => {
        const well = Object.values(parts).every((state) => state === 'ok')
        answer(well ? 200 : 503, { status: well ? 'ok' : 'not ready', ...parts })
      },
      () => answer(503, { status: 'not ready' }),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.bind, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
