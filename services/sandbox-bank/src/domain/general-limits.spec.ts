import { countedIn, generalLimitOf, rateOf, secondsLeft } from './general-limits.ts'

describe('a limit of the whole company', () => {
  it.each([
    ['POST', 'token/new/', '100/hour'],
    ['POST', 'token/refresh/', '100/minute'],
    ['GET', 'accounts/6a2f5d0e/transactions/', '100/minute'],
    ['GET', 'institutions/', '300/minute'],
    ['GET', 'requisitions/', '300/minute'],
    ['GET', 'agreements/enduser/6a2f5d0e/', '300/minute'],
    ['POST', 'requisitions/', '100/minute'],
    ['DELETE', 'requisitions/6a2f5d0e/', '100/minute'],
    ['PUT', 'agreements/enduser/6a2f5d0e/accept/', '100/minute'],
  ])('of %s %s is %s', (method, path, rate) => {
    expect(rateOf(generalLimitOf(method, `/api/v2/${path}`))).toBe(rate)
  })

  it('is one for all accounts, and another one for what makes consents', () => {
    const nameOf = (method: string, path: string) => generalLimitOf(method, `/api/v2/${path}`).name
    expect(nameOf('GET', 'accounts/a/details/')).toBe(nameOf('GET', 'accounts/b/'))
    expect(nameOf('POST', 'requisitions/')).toBe(nameOf('POST', 'agreements/enduser/'))
    expect(nameOf('POST', 'requisitions/')).not.toBe(nameOf('GET', 'requisitions/'))
  })

  it('counts in windows that begin with a call, and anew where the clock was set back', () => {
    const limit = generalLimitOf('GET', '/api/v2/institutions/')
    const first = countedIn(limit, undefined, 1_000_000)
    expect(first).toEqual({ sinceMs: 1_000_000, calls: 1 })
    expect(countedIn(limit, first, 1_059_999)).toEqual({ sinceMs: 1_000_000, calls: 2 })
    expect(secondsLeft(limit, first, 1_059_999)).toBe(1)
    expect(countedIn(limit, first, 1_060_000)).toEqual({ sinceMs: 1_060_000, calls: 1 })
    expect(countedIn(limit, first, 999_999)).toEqual({ sinceMs: 999_999, calls: 1 })
  })
})
