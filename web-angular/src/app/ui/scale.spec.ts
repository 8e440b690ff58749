import { linear, ticks } from './scale.ts'

describe('the ticks of an axis', () => {
  it.each([
    [0, 3169],
    [-3900, 2914],
    [-642, 3800],
    [0, 1],
    [-300, 0],
    [0, 999_999],
  ])('hold nought and the whole range from %d to %d, five at most', (low, high) => {
    const all = ticks(low, high)
    expect(all).toContain(0)
    expect(all[0]).toBeLessThanOrEqual(Math.min(0, low))
    expect(all.at(-1)).toBeGreaterThanOrEqual(high)
    expect(all.length).toBeLessThanOrEqual(5)
  })

  it('are one where there is nothing', () => expect(ticks(0, 0)).toEqual([0]))
})

it('a scale goes straight from values to pixels', () => {
  const y = linear([-10, 10], [100, 0])
  expect([y(-10), y(0), y(10)]).toEqual([100, 50, 0])
})
