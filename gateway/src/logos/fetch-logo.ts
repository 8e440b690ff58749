import { lookup as dnsLookup } from 'node:dns'
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import { BlockList, isIPv6, type LookupFunction } from 'node:net'
import type { LogoSource } from '@pf/service-kit'

const maxBytes = 256 * 1024
const deadlineMs = 5_000

/** Addresses of our own machine and network, which no listed host has: a name that leads there is not followed. */
const inside = new BlockList()
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const),
])
  inside.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(net, bits, 'ipv6')

export const isInside = (address: string): boolean => {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)?.[1]
  return inside.check(mapped ?? address, mapped === undefined && isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** The address that is checked is the one that is connected to. */
const outsideOnly: LookupFunction = (hostname, options, callback) =>
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    const wrong = addresses?.find(({ address }) => isInside(address))
    if (error !== null || wrong !== undefined || addresses[0] === undefined) {
      return callback(error ?? new Error(`logo_host_inside: ${hostname} leads to an address of our own network.`), '')
    }
    if (options.all) callback(null, addresses)
    else callback(null, addresses[0].address, addresses[0].family)
  })

/**
 * A bank's logo from its listed host, or from the demo bank: an image of at most 256 KB, within 5 s, without a redirect.
 * Undefined where there is none such; whatever else goes wrong is none, either.
 */
export function fetchLogo(source: LogoSource, sandboxUrl: string): Promise<Uint8Array | undefined> {
  const isDemo = source.of === 'demo'
  const url = isDemo ? new URL(`/__sandbox/logos/${encodeURIComponent(source.id)}`, sandboxUrl) : source.url
  const request = url.protocol === 'https:' ? requestTls : requestPlain
  const signal = AbortSignal.timeout(deadlineMs)
  return new Promise((resolve) => {
    const none = () => resolve(undefined)
    const asked = request(url, { signal, headers: { accept: 'image/*' }, ...(isDemo ? {} : { lookup: outsideOnly }) })
    asked.once('error', none).once('response', (answer) => {
      const chunks: Buffer[] = []
      let bytes = 0
      const leave = () => {
        none()
        asked.destroy()
      }
      if (answer.statusCode !== 200 || !answer.headers['content-type']?.startsWith('image/')) return leave()
      answer.once('error', none).on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxBytes) leave()
        else chunks.push(chunk)
      })
      answer.once('end', () => {
        const logo = Buffer.concat(chunks)
        resolve(imageType(logo) === undefined ? undefined : logo)
      })
    })
    asked.end()
  })
}

/** By what the bytes are, not by what somebody says; of pictures that hold no script. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1')
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (/^GIF8[79]a/.test(head)) return 'image/gif'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : undefined
}
