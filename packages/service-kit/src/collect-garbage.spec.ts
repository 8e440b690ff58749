import { decideToCollect } from './collect-garbage.ts'

const megabytes = (count: number) => count * 1024 * 1024
const idle = (heldMb: number) => ({ heldBytes: megabytes(heldMb), busy: 0.01 })
const busy = (heldMb: number) => ({ heldBytes: megabytes(heldMb), busy: 0.9 })

describe('garbage', () => {
  /** A thread that has collected what its start left: 100 MB live. */
  const started = () => {
    const decide = decideToCollect()
    expect([decide(idle(140)), decide(idle(100))]).toEqual(['collect', 'wait'])
    return decide
  }

  it('is collected when a thread falls idle that was busy with something large', () => {
    const decide = started()
    expect([decide(busy(300)), decide(busy(280)), decide(idle(280))]).toEqual(['wait', 'wait', 'collect'])
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
    expect([decide(busy(60)), decide(idle(84))]).toEqual(['wait', 'collect'])
  })
})
