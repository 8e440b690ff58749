import type { BankFeed } from '../bank-feed.ts'
import { type KeptTokens, openGoCardless } from '../gocardless/index.ts'
import { type Handler, json, startWireServer } from './wire-server.ts'

type Over = { believeDate?: boolean; dataTimeoutMs?: number; maxBytes?: number; baseUrl?: string; now?: () => Date }

export interface GoCardlessWire {
  /** How all but the token endpoints answer. */
  handle: Handler
  /** Since the last `calls.length = 0`. */
  readonly calls: string[]
  /** Another feed, as another process would open it, with a token set of its own. */
  open(over?: Over): BankFeed
  close(): Promise<void>
}

export const wall = new Date('2025-03-14T09:00:00.000Z')

/** The documented wire of gocardless.md §1–§2 for specs that say themselves what it answers; tokens `a1`, `a2` … by the call. */
export async function startGoCardlessWire(): Promise<GoCardlessWire> {
  const server = await startWireServer((request, response) => {
    const n = server.calls.length
    if (request.path === '/api/v2/token/new/') {
      return { access: `a${n}`, access_expires: 86_400, refresh: `r${n}`, refresh_expires: 2_592_000 }
    }
    if (request.path === '/api/v2/token/refresh/') return { access: `a${n}`, access_expires: 86_400 }
    return wire.handle(request, response)
  })
  const wire: GoCardlessWire = {
    handle: (_, response) => json(response, 404, { summary: 'Not found.', detail: 'Not found.', status_code: 404 }),
    calls: server.calls,
    open({ believeDate = false, baseUrl = server.baseUrl, now = () => wall, ...limits } = {}) {
      let kept: KeptTokens | undefined
      const tokens = {
        read: async () => kept,
        write: async (said: KeptTokens) => {
          kept = said
        },
        exclusively: <T>(work: () => Promise<T>) => work(),
      }
      const secrets = { secretId: 'id', secretKey: 'key' }
      return openGoCardless({ id: 'bank', baseUrl, ...secrets, believeDate, clock: { now }, tokens, limits })
    },
    close: server.close,
  }
  return wire
}
