import type { FastifyReply } from 'fastify'
import type { Notices, Sent } from './notices.ts'

const heartbeatMs = 15_000
/** With how often the ended sessions are read, less than a second from a revocation to the end. */
const watchMs = 250
/** A client that does not read is cut off rather than buffered for. */
const maxBufferedBytes = 256 * 1024

export type StreamOptions = {
  spaceId: string
  lastEventId: string | undefined
  /** Epoch milliseconds: the stream closes when the token ends. */
  expiresAt: number
  isEnded: () => boolean
  now: () => number
}

/**
 * Server-sent events of one page. Closes at the token's end, at the session's, or when the client goes or stalls. Throws
 * `too_many_requests`, before anything is sent.
 */
export function streamNotices(reply: FastifyReply, notices: Notices, options: StreamOptions): void {
  const response = reply.raw
  const send = (text: string) => {
    response.write(text)
    if (response.writableLength > maxBufferedBytes) response.destroy()
  }
  const tell = ({ id, notice }: Sent) => send(`id: ${id}\nevent: notice\ndata: ${JSON.stringify(notice)}\n\n`)
  const subscription = notices.listen(options.spaceId, options.lastEventId, tell)
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  send('retry: 1000\n: open\n\n')
  if (subscription.missed === undefined) send('event: reset\ndata: {}\n\n')
  else for (const missed of subscription.missed) tell(missed)

  let beats = 0
  const watch = setInterval(() => {
    if (options.isEnded() || options.now() >= options.expiresAt) response.end()
    else if (++beats % (heartbeatMs / watchMs) === 0) send(': still here\n\n')
  }, watchMs)
  const end = () => response.end()
  notices.stopped.addEventListener('abort', end, { once: true })
  response.once('close', () => {
    clearInterval(watch)
    notices.stopped.removeEventListener('abort', end)
    subscription.close()
  })
}
