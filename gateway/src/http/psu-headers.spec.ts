import { psuHeadersOf } from './psu-headers.ts'

describe('what a bank is told of the user who waits', () => {
  it('is what the browser said, by the names that banks have for it', () => {
    const headers = { 'user-agent': 'Browser/1', accept: '*/*', 'accept-language': 'en-GB', authorization: 'Bearer x' }
    expect(psuHeadersOf({ ip: '203.0.113.9', headers })).toEqual({
      'Psu-Ip-Address': '203.0.113.9',
      'Psu-User-Agent': 'Browser/1',
      'Psu-Accept': '*/*',
      'Psu-Accept-language': 'en-GB',
    })
  })

  it.each(['127.0.0.1', '::1', '::ffff:10.0.0.7', '192.168.1.20', 'fd00::1', 'fe80::1', 'unix'])(
    'has no address where %s is all that is known',
    (ip) => {
      expect(psuHeadersOf({ ip, headers: {} })).toEqual({})
    },
  )

  it('has the address of either kind that a person can be known by', () => {
    expect(psuHeadersOf({ ip: '::ffff:203.0.113.9', headers: {} })).toEqual({ 'Psu-Ip-Address': '203.0.113.9' })
    expect(psuHeadersOf({ ip: '2001:db8::7', headers: {} })).toEqual({ 'Psu-Ip-Address': '2001:db8::7' })
  })

  it('leaves out what is longer than any header needs to be', () => {
    expect(psuHeadersOf({ ip: '', headers: { 'user-agent': 'x'.repeat(1025) } })).toEqual({})
  })
})
