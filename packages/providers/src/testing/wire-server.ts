import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Heard {
  method: string
  /** With its query. */
  path: string
  token: string
  headers: IncomingMessage['headers']
  body: unknown
}
/** Gives the body of a 200, or answers by itself. */
export type Handler = (request: Heard, response: ServerResponse) => unknown

export interface WireServer {
  baseUrl: string
  /** `GET /path?query`, in order. */
  calls: string[]
  close(): Promise<void>
}

/** A provider's wire over real HTTP, for specs that say themselves what it answers. */
export async function startWireServer(handle: Handler): Promise<WireServer> {
  const calls: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const path = request.url ?? ''
    const method = request.method ?? ''
    calls.push(`${method} ${path}`)
    const token = (request.headers.authorization ?? '').replace('Bearer ', '')
    const body = text === '' ? undefined : (JSON.parse(text) as unknown)
    const given = await handle({ method, path, token, headers: request.headers, body }, response)
    if (given !== undefined) json(response, 200, given)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
