import type { IncomingMessage } from 'node:http'
import type { EarlyRefusal } from './refuse-early.ts'

/**
 * Names under which this installation may be reached. A request for another host (DNS rebinding) is refused before
 * anything reads it. A trusted proxy tells the name in `x-forwarded-host` (see proxies.ts). `inside`: what other parts of
 * the installation call it.
 */
export function hostCheck(
  publicUrl: string,
  bind: string,
  inside: readonly string[] = [],
): (request: IncomingMessage) => EarlyRefusal | undefined {
  const names = new Set(['localhost', '127.0.0.1', '[::1]', bind, new URL(publicUrl).hostname, ...inside])
  return ({ headers }) => {
    const host = headers['x-forwarded-host']?.toString() ?? headers.host ?? ''
    if (names.has(host.replace(/:\d+$/, '').toLowerCase())) return undefined
    return {
      status: 421,
      code: 'wrong_host',
      title: 'Wrong host',
      detail: `This installation does not answer for the host it was asked for. Use ${publicUrl}, or set PUBLIC_URL to the address you use.`,
    }
  }
}
