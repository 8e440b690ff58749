import { graceMs, judge, type RefreshToken } from './refresh-rotation.ts'

const now = 1_000_000
const token = (over: Partial<RefreshToken> = {}): RefreshToken => ({
  hash: 'h-1',
  sessionId: 'x-1',
  userId: 'u-1',
  expiresAt: now + 60_000,
  usedAt: null,
  successor: null,
  endedAt: null,
  ...over,
})

describe('a refresh token', () => {
  it('is rotated when it is presented for the first time', () => {
    expect(judge(token(), now)).toBe('rotate')
  })

  it('is rotated once more within the grace while its successor was never used', () => {
    expect(judge(token({ usedAt: now - graceMs, successor: { hash: 'h-2', usedAt: null } }), now)).toBe('rotate')
  })

  it('ends the family when it comes after its successor was used, however soon', () => {
    expect(judge(token({ usedAt: now - 1, successor: { hash: 'h-2', usedAt: now } }), now)).toBe('reused')
  })

  it('ends the family when it comes later than the grace', () => {
    expect(judge(token({ usedAt: now - graceMs - 1, successor: { hash: 'h-2', usedAt: null } }), now)).toBe('reused')
  })

  it('is invalid when unknown, expired, or of an ended session', () => {
    expect(judge(undefined, now)).toBe('invalid')
    expect(judge(token({ expiresAt: now }), now)).toBe('invalid')
    expect(judge(token({ endedAt: now - 1 }), now)).toBe('invalid')
  })
})
