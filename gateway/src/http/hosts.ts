import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Names under which this installation may be reached. A request for another host (DNS rebinding) is refused before
 * anything reads it.
 */
export function hostCheck(
  publicUrl: string,
  bind: string,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const names = new Set(['localhost', '127.0.0.1', '[::1]', bind, new URL(publicUrl).hostname])
  return (request, response) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    if (names.has(name)) return true
    const problem = {
      type: 'urn:personal-finances:problem:wrong_host',
      title: 'Wrong host',
      status: 421,
      detail: `This installation does not answer for the host it was asked for. Use ${publicUrl}, or set PUBLIC_URL to the address you use.`,
      code: 'wrong_host',
    }
    response.writeHead(421, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
    return false
  }
}
