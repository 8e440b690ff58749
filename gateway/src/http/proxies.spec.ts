import type { IncomingMessage } from 'node:http'
import { settleForwarding, trustedProxies } from './proxies.ts'

const isTrusted = trustedProxies(['10.0.0.0/8', '192.0.2.1', 'fd00::/8'])

function settled(peer: string, headers: Record<string, string>): Record<string, string | string[] | undefined> {
  const request = { headers: { ...headers }, socket: { remoteAddress: peer } } as unknown as IncomingMessage
  settleForwarding(request, isTrusted)
  return { ...request.headers }
}
const clientOf = (peer: string, headers: Record<string, string>) => settled(peer, headers)['x-forwarded-for']

describe('a trusted proxy', () => {
  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['192.0.2.1', true],
    ['fd12::1', true],
    ['11.0.0.1', false],
    ['192.0.2.2', false],
    ['::1', false],
    ['', false],
    ['not an address', false],
  ])('%s: %s', (address, trusted) => {
    expect(isTrusted(address)).toBe(trusted)
  })
})

describe('the client of a request', () => {
  it('is whom the nearest trusted proxy names, whatever was written before', () => {
    expect(clientOf('10.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).toBe('203.0.113.9')
    expect(clientOf('10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 203.0.113.9' })).toBe('203.0.113.9')
    expect(clientOf('10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 203.0.113.9, 10.0.0.2, 192.0.2.1' })).toBe('203.0.113.9')
  })

  it('is found in Forwarded as well, with ports and brackets', () => {
    const forwarded = 'for=1.1.1.1, for="[2001:db8::7]:4711";proto=https;by=10.0.0.2'
    expect(clientOf('fd00::1', { forwarded })).toBe('2001:db8::7')
    expect(clientOf('10.0.0.1', { 'x-forwarded-for': '203.0.113.9:51234' })).toBe('203.0.113.9')
  })

  it('is the last hop that names an address where the one before it does not', () => {
    expect(clientOf('10.0.0.1', { 'x-forwarded-for': '1.1.1.1, unknown, 10.0.0.2' })).toBe('10.0.0.2')
    expect(clientOf('10.0.0.1', { forwarded: 'for=_hidden' })).toBe('10.0.0.1')
    expect(clientOf('10.0.0.1', {})).toBe('10.0.0.1')
  })

  it('is the peer where that is no proxy of ours: its words are dropped', () => {
    const said = {
      forwarded: 'for=127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost',
      'x-forwarded-proto': 'https',
      'x-real-ip': '127.0.0.1',
      host: 'evil.test',
    }
    expect(settled('203.0.113.9', said)).toEqual({ host: 'evil.test' })
  })

  it('is told with the host that was asked for, the one the nearest proxy saw', () => {
    const headers = settled('10.0.0.1', { host: 'gateway:8000', 'x-forwarded-host': 'evil.test, money.example.org' })
    expect(headers['x-forwarded-host']).toBe('money.example.org')
  })
})
