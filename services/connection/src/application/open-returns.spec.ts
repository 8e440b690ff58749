import { createOpenReturns, firstLookMs } from './open-returns.ts'

function opened() {
  let atMs = Date.parse('2026-11-01T09:00:00.000Z')
  const returns = createOpenReturns({ now: () => new Date(atMs) })
  const pass = (ms: number) => {
    atMs += ms
  }
  return { returns, pass }
}
const open = { spaceId: 's-1', connectionId: 'c-1', requisitionId: 'r-1' }

describe('a return that waits for the bank', () => {
  it('is looked at again after a while, and then less and less often', () => {
    const { returns, pass } = opened()
    returns.note(open)
    expect(returns.due()).toEqual([])
    pass(firstLookMs)
    expect(returns.due()).toEqual([open])
    pass(firstLookMs)
    expect(returns.due()).toEqual([])
    pass(firstLookMs)
    expect(returns.due()).toEqual([open])
  })

  it('is looked at as before when its browser comes again meanwhile', () => {
    const { returns, pass } = opened()
    returns.note(open)
    pass(firstLookMs)
    returns.note(open)
    expect(returns.due()).toEqual([open])
  })

  it('is forgotten once it is settled, and after an hour', () => {
    const { returns, pass } = opened()
    returns.note(open)
    returns.settled('r-1')
    pass(firstLookMs)
    expect(returns.due()).toEqual([])
    returns.note(open)
    pass(3_600_000)
    expect(returns.due()).toEqual([])
  })
})
