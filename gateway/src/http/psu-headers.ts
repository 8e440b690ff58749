import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** Addresses of this machine or network: nobody at a bank knows a person by one. */
const notPublic = new BlockList()
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  notPublic.addSubnet(net, prefix, 'ipv4')
}
notPublic.addAddress('::1', 'ipv6')
notPublic.addSubnet('fc00::', 7, 'ipv6')
notPublic.addSubnet('fe80::', 10, 'ipv6')

const maxLength = 1024

/**
 * What a bank may be told of the user who waits for its answer (gocardless.md §11): real values only, so no address where
 * the user's own is not known. Kept nowhere and in no log.
 */
export function psuHeadersOf(request: Pick<FastifyRequest, 'ip' | 'headers'>): Record<string, string> {
  const { headers } = request
  const said: [string, string | undefined][] = [
    ['Psu-Ip-Address', publicAddress(request.ip)],
    ['Psu-User-Agent', headers['user-agent']],
    ['Psu-Referer', headers.referer],
    ['Psu-Accept', headers.accept],
    ['Psu-Accept-Charset', headers['accept-charset']?.toString()],
    ['Psu-Accept-Encoding', headers['accept-encoding']?.toString()],
    ['Psu-Accept-language', headers['accept-language']],
  ]
  const known = said.flatMap(([name, value]) =>
    value === undefined || value === '' || value.length > maxLength ? [] : [[name, value] as const],
  )
  return Object.fromEntries(known)
}

function publicAddress(ip: string): string | undefined {
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '')
  const family = isIP(address)
  if (family === 0) return undefined
  return notPublic.check(address, family === 4 ? 'ipv4' : 'ipv6') ? undefined : address
}
