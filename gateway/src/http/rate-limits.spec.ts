import { DomainError } from '@pf/contracts'
import { costOf, costs, RateLimit } from './rate-limits.ts'

let nowMs = 0
const limit = (perMinute: number, remembered = 100) => new RateLimit({ perMinute, remembered, now: () => nowMs })
const refusal = (work: () => void): DomainError | undefined => {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof DomainError) return error
    throw error
  }
}
beforeEach(() => {
  nowMs = 0
})

describe('a rate limit', () => {
  it('serves a minute’s worth at once, then refuses and says when to come again', () => {
    const perMinute = limit(60)
    for (let n = 0; n < 60; n++) perMinute.take('sam', 1)
    expect(refusal(() => perMinute.take('sam', 1))).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 })
    expect(refusal(() => perMinute.take('sam', 40))?.retryAfterSeconds).toBe(40)
    expect(refusal(() => perMinute.take('kim', 1))).toBeUndefined()
  })

  it('serves again exactly when it said so', () => {
    const perMinute = limit(60)
    perMinute.take('sam', 60)
    const waitMs = (refusal(() => perMinute.take('sam', 4))?.retryAfterSeconds ?? 0) * 1000
    nowMs = waitMs - 1
    expect(refusal(() => perMinute.take('sam', 4))).toBeDefined()
    nowMs = waitMs
    expect(refusal(() => perMinute.take('sam', 4))).toBeUndefined()
  })

  it('is not used up by what it refused, and never holds more than a minute’s worth', () => {
    const perMinute = limit(60)
    perMinute.take('sam', 60)
    for (let n = 0; n < 100; n++) refusal(() => perMinute.take('sam', 1))
    nowMs = 3_600_000
    perMinute.take('sam', 60)
    expect(refusal(() => perMinute.take('sam', 1))).toBeDefined()
  })

  it('takes all of a minute for what costs more than that', () => {
    const perMinute = limit(10)
    expect(refusal(() => perMinute.take('sam', costs.dear))).toBeUndefined()
    expect(refusal(() => perMinute.take('sam', 1))).toBeDefined()
  })

  it('remembers no more callers than its bound, those who asked last', () => {
    const perMinute = limit(10, 3)
    perMinute.take('sam', 10)
    for (const caller of ['a', 'b']) perMinute.take(caller, 1)
    expect(refusal(() => perMinute.take('sam', 1))).toBeDefined()
    for (let n = 0; n < 2; n++) perMinute.take(`stranger-${n}`, 1)
    expect(perMinute.remembered).toBe(3)
    expect(refusal(() => perMinute.take('sam', 1))).toBeDefined()
  })

  it('that is changed counts from the next request on', () => {
    let perMinute = 10
    const changing = new RateLimit({ perMinute: () => perMinute, remembered: 100, now: () => nowMs })
    changing.take('sam', 2)
    perMinute = 4
    changing.take('sam', 4)
    expect(refusal(() => changing.take('sam', 1))?.retryAfterSeconds).toBe(15)
    perMinute = 0
    changing.take('sam', 100)
  })

  it('of 0 is none', () => {
    const none = limit(0)
    for (let n = 0; n < 1000; n++) none.take('sam', costs.dear)
    expect(none.remembered).toBe(0)
  })
})

describe('what a request costs', () => {
  it.each([
    ['GET', '/health', 0],
    ['GET', '/ready', 0],
    ['GET', '/transactions', costs.read],
    ['POST', '/connections', costs.write],
    ['POST', '/graphql', costs.read],
    ['POST', '/analytics/query', costs.dear],
    ['POST', '/connections/:id/sync', costs.dear],
    ['GET', undefined, costs.read],
    ['POST', undefined, costs.write],
  ])('%s %s: %d', (method, route, cost) => {
    expect(costOf(method, route)).toBe(cost)
  })
})
