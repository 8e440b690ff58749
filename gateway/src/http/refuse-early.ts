import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** What is refused before a route, and so before Fastify and Nest, has seen it. */
export type EarlyRefusal = { status: number; code: string; title: string; detail: string }

export const early = {
  malformed: {
    status: 400,
    code: 'malformed_request',
    title: 'Malformed request',
    detail: 'What came is no HTTP request as RFC 9112 has it.',
  },
  tooSlow: {
    status: 408,
    code: 'request_too_slow',
    title: 'Request too slow',
    detail: 'The request came too slowly and was given up. Send it again over a better line, or less at a time.',
  },
  urlTooLong: {
    status: 414,
    code: 'url_too_long',
    title: 'URL too long',
    detail: 'The address is longer than any of ours. Ask for less at a time.',
  },
  headersTooLarge: {
    status: 431,
    code: 'headers_too_large',
    title: 'Headers too large',
    detail:
      'The headers are more, or larger, than are read. Clear the cookies of this address, and send fewer headers.',
  },
} satisfies Record<string, EarlyRefusal>

const documentOf = ({ code, ...rest }: EarlyRefusal): string =>
  JSON.stringify({ type: `urn:personal-finances:problem:${code}`, ...rest, code })

/** Answers and closes the connection: what is still to come of the request is not read. */
export function refuseEarly(response: ServerResponse, refusal: EarlyRefusal): void {
  response
    .writeHead(refusal.status, {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      connection: 'close',
    })
    .end(documentOf(refusal))
}

/** The same where there is no response to write to: the parser gave up. */
export function refuseOnSocket(socket: Duplex, refusal: EarlyRefusal): void {
  if (!socket.writable) return void socket.destroy()
  const body = documentOf(refusal)
  socket.end(
    `HTTP/1.1 ${refusal.status} ${refusal.title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
