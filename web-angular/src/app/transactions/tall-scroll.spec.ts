import { TallScroll, tallest } from './tall-scroll.ts'

const view = 800

describe('a list that fits', () => {
  it('is scrolled as any page', () => {
    const scroll = new TallScroll(100_000, view)
    scroll.moveTo(-200)
    expect(scroll.offset).toBe(-200)
    scroll.moveTo(5000)
    expect(scroll).toMatchObject({ offset: 5000, shift: 0, height: 100_000 })
    expect(scroll.settle()).toBeUndefined()
  })
})

describe('a list of a million rows', () => {
  const total = 44_000_000
  const open = () => new TallScroll(total, view)

  it('is never higher than a browser can draw', () => {
    expect(open().height).toBe(tallest)
  })

  it('moves by the pixel under the wheel, wherever one is', () => {
    const scroll = open()
    scroll.moveTo(3_000_000)
    const before = scroll.offset
    expect(before).toBeGreaterThan(20_000_000)
    for (let step = 1; step <= 50; step++) scroll.moveTo(3_000_000 + step * 120)
    expect(scroll.offset).toBe(before + 50 * 120)
  })

  it('goes all the way by the scrollbar', () => {
    const scroll = open()
    scroll.moveTo(tallest - view)
    expect(scroll.offset).toBe(total - view)
    scroll.moveTo(0)
    expect(scroll.offset).toBe(0)
  })

  it('settles without the rows moving', () => {
    const scroll = open()
    scroll.moveTo(3_000_000)
    for (let step = 1; step <= 500; step++) scroll.moveTo(3_000_000 + step * 120)
    const { offset } = scroll
    const real = scroll.settle()
    expect(real).toBeLessThan(3_060_000)
    scroll.moveTo(real ?? 0)
    expect(scroll.offset).toBe(offset)
    expect(scroll.settle()).toBeUndefined()
  })

  it.each([0, 1000, 399_999, 22_000_000, total - 5000, total - view])('comes back to %d', (offset) => {
    const scroll = open()
    const real = scroll.jumpTo(offset)
    const other = open()
    other.moveTo(real)
    expect(Math.abs(other.offset - offset)).toBeLessThan(1)
  })

  it('reaches its very first row by the wheel, and the head above it', () => {
    const scroll = open()
    scroll.moveTo(scroll.jumpTo(900))
    for (let real = 880; real >= -200; real -= 20) scroll.moveTo(real)
    expect(scroll.offset).toBe(-200)
  })
})
