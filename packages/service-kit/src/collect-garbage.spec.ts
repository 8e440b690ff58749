import { decideToCollect } from './collect-garbage.ts'

const megabytes = (count: number) => count * 1024 * 1024
const idle = (heldMb: number) => ({ heldBytes: megabytes(heldMb), busy: 0.01 })
const busy = (heldMb: number) => ({ heldBytes: megabytes(heldMb), busy: 0.9 })

describe('garbage', () => {
  /** A thread that has collected what its start left: 100 MB live. */
  const started = () => {
    const decide = decideToCollect()
    expect([decide(idle(140)), decide(idle(140)), decide(idle(100))]).toEqual(['wait', 'collect', 'wait'])
    return decide
  }

  it('is collected when a thread falls idle that was busy with something large', () => {
    const decide = started()
    expect([busy(300), busy(280), idle(280), idle(280)].map(decide)).toEqual(['wait', 'wait', 'wait', 'collect'])
  })

  it('waits while somebody may wait for an answer', () => {
    const decide = started()
    expect([busy(280), idle(280), busy(280), idle(280), busy(280)].map(decide)).not.toContain('collect')
  })

  it('waits for more where it is little', () => {
    const decide = started()
    expect(decide(idle(123))).toBe('wait')
    expect(decide(idle(124))).toBe('collect')
  })

  it('is not looked for again in what lives', () => {
    const decide = started()
    expect([decide(idle(300)), decide(idle(290)), decide(idle(300))]).toEqual(['collect', 'wait', 'wait'])
  })

  it('is measured from where the thread held least', () => {
    const decide = started()
    expect([busy(60), idle(84), idle(84)].map(decide)).toEqual(['wait', 'wait', 'collect'])
  })
})
