import { IdempotencyKeys } from './idempotency-keys.ts'

describe('an idempotency key', () => {
  const hourMs = 3_600_000
  let nowMs = 0

  it('may be repeated with its body, and with no other', () => {
    const keys = new IdempotencyKeys(() => nowMs)
    keys.check('k', { days: 1 })
    keys.check('k', { days: 1 })
    expect(() => keys.check('k', { days: 2 })).toThrow(/idempotency_key_reused/)
    expect(() => keys.check('k', undefined)).toThrow(/idempotency_key_reused/)
    keys.check('other', { days: 2 })
  })

  it('is forgotten after a day', () => {
    const keys = new IdempotencyKeys(() => nowMs)
    keys.check('k', { days: 1 })
    nowMs += 23 * hourMs
    expect(() => keys.check('k', { days: 2 })).toThrow(/idempotency_key_reused/)
    nowMs += hourMs
    keys.check('k', { days: 2 })
  })

  it('is dropped, oldest first, before there are too many', () => {
    const keys = new IdempotencyKeys(() => nowMs)
    for (let n = 0; n <= 20_000; n++) keys.check(`k-${n}`, { n })
    keys.check('k-0', { n: 'another' })
    expect(() => keys.check('k-20000', { n: 'another' })).toThrow(/idempotency_key_reused/)
  })
})
