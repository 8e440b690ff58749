import { totpCodes } from './totp-codes.ts'

/** RFC 6238, appendix B, of which six digits are the last six of eight. */
const secret = new TextEncoder().encode('12345678901234567890')
const at = (seconds: number) => new Date(seconds * 1000)

describe('codes from an app', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
  ])('are those of RFC 6238 at %i', (seconds, code) => {
    expect(totpCodes.stepOf(secret, code, at(seconds))).toBe(Math.floor(seconds / 30))
  })

  it('may be one step early or late, and name the step they are of', () => {
    const step = Math.floor(1_111_111_109 / 30)
    expect(totpCodes.stepOf(secret, '081804', at(1_111_111_109 + 30))).toBe(step)
    expect(totpCodes.stepOf(secret, '081804', at(1_111_111_109 - 30))).toBe(step)
    expect(totpCodes.stepOf(secret, '081804', at(1_111_111_109 + 60))).toBeUndefined()
    expect(totpCodes.stepOf(secret, '081805', at(1_111_111_109))).toBeUndefined()
    expect(totpCodes.stepOf(secret, '', at(59))).toBeUndefined()
  })

  it('are set up by a URI that says whose they are', () => {
    const { secret: base32, uri } = totpCodes.shown(secret, 'Sam & Kim')
    expect(base32).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    const { protocol, host, pathname, searchParams } = new URL(uri)
    expect([protocol, host, decodeURIComponent(pathname)]).toEqual(['otpauth:', 'totp', '/Personal Finances:Sam & Kim'])
    expect(Object.fromEntries(searchParams)).toEqual({
      issuer: 'Personal Finances',
      secret: base32,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
