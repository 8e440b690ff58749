import { Throttle } from './throttle.ts'

describe('a throttle', () => {
  let nowMs = 0
  const clock = { now: () => new Date(nowMs) }
  beforeEach(() => {
    nowMs = 1_000_000
  })

  it('lets as many through as its limit, then says how long the oldest one counts', () => {
    const throttle = new Throttle({ clock, limit: 2, windowMs: 10_000 })
    throttle.record('a')
    nowMs += 4_000
    expect(throttle.waitSeconds('a')).toBe(0)
    throttle.record('a')
    expect(throttle.waitSeconds('a')).toBe(6)
    expect(throttle.waitSeconds('b')).toBe(0)
    nowMs += 6_000
    expect(throttle.waitSeconds('a')).toBe(0)
    throttle.record('a')
    expect(throttle.waitSeconds('a')).toBe(4)
  })

  it('holds so many keys and no more, dropping those that were quiet longest', () => {
    const throttle = new Throttle({ clock, limit: 1, windowMs: 10_000, maxKeys: 2 })
    for (const key of ['a', 'b', 'a', 'c']) throttle.record(key)
    expect(['a', 'b', 'c'].map((key) => throttle.waitSeconds(key))).toEqual([10, 0, 10])
  })

  it('goes on after an attempt that failed', async () => {
    const throttle = new Throttle({ clock, limit: 1, windowMs: 10_000 })
    const order: string[] = []
    const first = throttle.inTurn('a', async () => {
      order.push('first')
      throw new Error('wrong')
    })
    const second = throttle.inTurn('a', async () => order.push('second'))
    await expect(first).rejects.toThrow('wrong')
    await second
    expect(order).toEqual(['first', 'second'])
  })
})
