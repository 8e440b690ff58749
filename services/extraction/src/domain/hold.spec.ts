import { at } from './builders.ts'
import { holdOn } from './hold.ts'
import type { Call } from './quota.ts'

const day = 24 * 60
const asked = { scope: 'transactions', now: at() } as const
const call = (minutes: number, overrides: Partial<Call> = {}): Call => ({
  callId: `${minutes}`,
  syncId: 's',
  scope: 'transactions',
  at: at(minutes),
  outcome: 'spent',
  counted: false,
  ...overrides,
})
const counted = { outcome: 'unspent', counted: true } as const
const spent = [call(-40), call(-30), call(-20), call(-10)]

describe('the bank', () => {
  it('may be asked where nothing is known of it', () => {
    expect(holdOn({ calls: [], told: {}, pausedAt: null }, asked)).toBeUndefined()
  })

  it('is held back by spent calls, by counted failures, by trouble with the account', () => {
    expect(holdOn({ calls: spent, told: {}, pausedAt: null }, asked)).toEqual({ reason: 'quota', until: at(day - 40) })
    const failures = [call(-50, counted), call(-5, counted)]
    expect(holdOn({ calls: failures, told: {}, pausedAt: null }, asked)).toEqual({
      reason: 'rest',
      until: at(day - 50),
    })
    const pausedAt = at(-15)
    expect(holdOn({ calls: [], told: {}, pausedAt }, asked)).toEqual({ reason: 'pause', until: at(day - 15) })
  })

  it('is held back until the last of several holds ends', () => {
    const calls = [...spent, call(-50, counted), call(-5, counted)]
    expect(holdOn({ calls, told: {}, pausedAt: null }, asked)).toEqual({ reason: 'quota', until: at(day - 40) })
    const pausedAt = at(-15)
    expect(holdOn({ calls, told: {}, pausedAt }, asked)).toEqual({ reason: 'pause', until: at(day - 15) })
  })
})
