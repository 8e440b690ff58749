import { proofInterval } from '../../../testing/shapes.ts'
import type { ProofInterval } from '../../api/types.ts'
import { stateOf, stretchesOf, tellingOf } from './proof-days.ts'

const between = (from: number, to: number, some: Partial<ProofInterval> = {}): ProofInterval => {
  const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}`
  return proofInterval({ from_date: day(from), to_date: day(to), status: 'verified', ...some })
}

describe('a day of the proof', () => {
  it('belongs to the interval that ends on it or spans it, not to the one that begins there', () => {
    const intervals = [between(9, 10), between(10, 12, { status: 'gap' })]
    const states = ['09', '10', '11', '12', '13'].map((day) => stateOf(`2026-11-${day}`, intervals))
    expect(states).toEqual(['unverified', 'verified', 'gap', 'gap', 'unverified'])
  })

  it('of two statements is that of the interval between them', () => {
    expect(stateOf('2026-11-10', [between(10, 10, { status: 'gap' })])).toBe('gap')
  })

  it('is proven where another balance narrows the gap to other days', () => {
    const intervals = [between(1, 10, { status: 'gap', reason: 'narrowed' }), between(4, 5, { status: 'gap' })]
    expect(stateOf('2026-11-03', intervals)).toBe('verified')
    expect(stateOf('2026-11-05', intervals)).toBe('gap')
  })

  it('is told of by its gap, else by what proves it closest', () => {
    const [wide, close, gap] = [between(1, 10), between(4, 5), between(4, 6, { status: 'gap' })]
    expect(tellingOf('2026-11-05', [wide, close])).toBe(close)
    expect(tellingOf('2026-11-05', [wide, close, gap])).toBe(gap)
    expect(tellingOf('2026-11-20', [wide, close, gap])).toBeUndefined()
  })
})

it('days of one state are one stretch', () => {
  expect(stretchesOf('2026-11-08', '2026-11-14', [between(8, 10), between(10, 12, { status: 'gap' })])).toEqual([
    { from: '2026-11-08', to: '2026-11-08', state: 'unverified' },
    { from: '2026-11-09', to: '2026-11-10', state: 'verified' },
    { from: '2026-11-11', to: '2026-11-12', state: 'gap' },
    { from: '2026-11-13', to: '2026-11-14', state: 'unverified' },
  ])
})
