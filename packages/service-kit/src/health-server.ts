import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Running } from '@pf/eventing'
import { type Health, isWell } from './health.ts'

/** `/health`, `/ready` and `/metrics` of a process, on an internal port. The gateway's own are for the world. */
export async function startHealthServer(options: {
  port: number
  bind: string
  ready: () => Promise<Health>
  metrics: () => Promise<string>
}): Promise<Running & { port: number }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      response.end(JSON.stringify(body))
    }
    if (request.method !== 'GET') return answer(405, { status: 'method not allowed' })
    if (request.url === '/health') return answer(200, { status: 'ok' })
    if (request.url === '/metrics') return exposeMetrics(response, options.metrics)
    if (request.url !== '/ready') return answer(404, { status: 'not found' })
    options.ready().then(
      (parts) => {
        const well = isWell(parts)
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

function exposeMetrics(response: ServerResponse, metrics: () => Promise<string>): void {
  metrics().then(
    (text) => {
      response.writeHead(200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'cache-control': 'no-store',
      })
      response.end(text)
    },
    () => response.writeHead(500).end(),
  )
}
