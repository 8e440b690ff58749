import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Says whether a peer is one of the proxies that stand before this installation. */
export type TrustedProxies = (address: string) => boolean

/** `trusted`: addresses and networks (CIDR), checked by the configuration already. */
export function trustedProxies(trusted: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const one of trusted) {
    const [address = '', prefix] = one.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (said) => {
    const address = plainAddress(said)
    if (address === undefined) return false
    return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
}

/** An address without the port or the brackets that some proxies write around it; undefined where it is none. */
function plainAddress(said: string): string | undefined {
  const bare = said.trim().replace(/^"(.*)"$/, '$1')
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(bare)?.[1]
  const address = (bracketed ?? bare.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')).replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? undefined : address
}

/** RFC 7239, section 4: `for=192.0.2.60;proto=http, for="[2001:db8::1]:4711"`. */
function forwardedFor(header: string): string[] {
  return header.split(',').map((hop) => /(?:^|;)\s*for=("[^"]*"|[^;]*)/i.exec(hop)?.[1] ?? '')
}

/**
 * Who really asks: from the nearest hop backwards, the first that is no proxy of ours. What stands before it anybody
 * could have written. A hop that names no address (`unknown`, an obfuscated one) is as far as one can tell: then it is
 * the proxy that told it.
 */
function clientOf({ headers, socket }: IncomingMessage, isTrusted: TrustedProxies): string {
  let client = plainAddress(socket.remoteAddress ?? '') ?? ''
  const said = headers['x-forwarded-for']?.toString() ?? ''
  const hops = said === '' ? forwardedFor(headers.forwarded ?? '') : said.split(',')
  for (const hop of hops.toReversed()) {
    const address = plainAddress(hop)
    if (address === undefined) break
    client = address
    if (!isTrusted(address)) break
  }
  return client
}

const forwardingHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

/**
 * Before anything reads the request: from a trusted proxy, `x-forwarded-for` becomes the one client's address and
 * `x-forwarded-host` the name that was asked for; from everybody else such headers are only words, and are dropped.
 */
export function settleForwarding(request: IncomingMessage, isTrusted: TrustedProxies): void {
  const { headers } = request
  const trusted = isTrusted(request.socket.remoteAddress ?? '')
  const client = trusted ? clientOf(request, isTrusted) : ''
  const host = trusted ? headers['x-forwarded-host']?.toString().split(',').at(-1)?.trim() : undefined
  for (const name of forwardingHeaders) delete headers[name]
  if (client !== '') headers['x-forwarded-for'] = client
  if (host) headers['x-forwarded-host'] = host
}
