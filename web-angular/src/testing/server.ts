import { refusalOf } from './contract.ts'

type Handler = (request: { headers: Headers; body: unknown; query: URLSearchParams }) => Response | Promise<Response>

export type Call = { method: string; path: string; headers: Headers; body: unknown; query: URLSearchParams }

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...headers },
  })

export const problem = (status: number, code: string, detail = code, headers: Record<string, string> = {}): Response =>
  json({ type: 'about:blank', title: code, status, detail, code }, status, headers)

/**
 * Stands where the network is: answers `fetch` by `METHOD /path` (without `/api`), keeps what was asked. A call nobody
 * planned for fails the spec by a 404 that names it; one that the contract does not know fails it at `stop`.
 */
export function serve(routes: Record<string, Handler>): { calls: Call[]; stop: () => void } {
  const calls: Call[] = []
  const refused: string[] = []
  const before = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input), 'http://localhost')
    const call: Call = {
      method: init?.method ?? 'GET',
      path: url.pathname.replace(/^\/api/, ''),
      headers: new Headers(init?.headers),
      body: typeof init?.body === 'string' ? JSON.parse(init.body) : (init?.body ?? undefined),
      query: url.searchParams,
    }
    calls.push(call)
    const refusal = refusalOf(call)
    if (refusal !== undefined) refused.push(refusal)
    const handler = routes[`${call.method} ${call.path}`]
    return handler ? handler(call) : problem(404, 'not_planned', `${call.method} ${call.path}`)
  }
  const stop = () => {
    globalThis.fetch = before
    if (refused.length > 0) throw new Error(`The gateway would refuse:\n${refused.join('\n')}`)
  }
  return { calls, stop }
}

/** Waits until `check` holds, at most two seconds. */
export async function until(check: () => boolean): Promise<void> {
  const deadline = Date.now() + 2000
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`Waited two seconds for ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
