import { isRecentEnough } from './nats.ts'

describe('a nats-server', () => {
  it('is recent enough from 2.14 on', () => {
    expect(isRecentEnough([2, 14])).toBe(true)
    expect(isRecentEnough([2, 15])).toBe(true)
    expect(isRecentEnough([3, 0])).toBe(true)
  })

  it('is too old before, and nothing where there is none', () => {
    expect(isRecentEnough([2, 9])).toBe(false)
    expect(isRecentEnough([2, 13])).toBe(false)
    expect(isRecentEnough(undefined)).toBe(false)
  })
})
