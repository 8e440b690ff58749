import { at } from './builders.ts'
import { budget, type Call, restUntil } from './quota.ts'

const day = 24 * 60
const call = (minutes: number, overrides: Partial<Call> = {}): Call => ({
  callId: `${minutes}`,
  syncId: 's',
  scope: 'transactions',
  at: at(minutes),
  outcome: 'spent',
  counted: false,
  ...overrides,
})
const left = (calls: Call[], told?: Parameters<typeof budget>[1]) => budget(calls, told, 'transactions', at())

describe('the calls left of a day', () => {
  it('are four where the bank says nothing else', () => {
    expect(left([])).toEqual({ limit: 4, remaining: 4, resetsAt: null })
  })

  it('are counted over the last 24 hours, per scope', () => {
    const calls = [call(-day), call(-day + 1), call(-5), call(-1, { scope: 'balances' })]
    expect(left(calls)).toEqual({ limit: 4, remaining: 2, resetsAt: at(1) })
  })

  it('count a call of unknown outcome, and one that is still open, as spent; a refused one not', () => {
    const calls = [call(-3, { outcome: 'unknown' }), call(-2, { outcome: 'open' }), call(-1, { outcome: 'unspent' })]
    expect(left(calls)).toMatchObject({ remaining: 2 })
  })

  it('follow the bank where it says less, until its reset', () => {
    const told = { limit: 10, remaining: 0, resetsAt: at(30), at: at(-1) }
    expect(left([call(-1)], told)).toEqual({ limit: 10, remaining: 0, resetsAt: at(30) })
    expect(budget([call(-1)], told, 'transactions', at(30))).toMatchObject({ limit: 10, remaining: 9 })
  })

  it('are what the bank said less what was asked since', () => {
    const told = { limit: 4, remaining: 2, resetsAt: at(day - 10), at: at(-10) }
    expect(left([call(-10), call(-5, { outcome: 'unknown' })], told)).toMatchObject({ remaining: 1 })
  })

  it('forget what lies days ahead: the demo bank was set back', () => {
    expect(left([call(3 * day), call(4 * day)])).toMatchObject({ remaining: 4 })
  })
})

describe('a bank that fails', () => {
  it('rests from the second counted failure of a day until the first is a day old', () => {
    const counted = { outcome: 'unspent', counted: true } as const
    expect(restUntil([call(-60, counted)], at())).toBeUndefined()
    expect(restUntil([call(-60, counted), call(-1, counted)], at())).toBe(at(day - 60))
    expect(restUntil([call(-60, counted), call(-1)], at())).toBeUndefined()
  })

  it('rests whichever scope failed: the account is suspended, not a scope of it', () => {
    const counted = { outcome: 'unspent', counted: true } as const
    const calls = [call(-60, counted), call(-1, { ...counted, scope: 'balances' })]
    expect(restUntil(calls, at())).toBe(at(day - 60))
  })
})
