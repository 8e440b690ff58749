import type { Agreement } from './agreement.ts'
import { accessOverAt, awaitsConfirmation, confirmationTimes } from './reconfirmation.ts'

const accepted = '2026-03-10T10:00:00.000Z'
const agreement = (over: Partial<Agreement> = {}): Agreement => ({
  id: '6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10',
  created: accepted,
  institution_id: 'MONZO_MONZGB2L',
  max_historical_days: 90,
  access_valid_for_days: 730,
  access_scope: ['transactions'],
  accepted,
  reconfirmation: true,
  ...over,
})
const day = (n: number) => Date.parse(accepted) + n * 86_400_000
const confirmedOn = (n: number) => ({ reconfirmed: new Date(day(n)).toISOString() })

describe('a confirmation', () => {
  it('is due 90 days after the acceptance, and after each confirmation; its page works 14 days around that', () => {
    expect(confirmationTimes(agreement(), [])).toEqual({ dueMs: day(90), fromMs: day(76), toMs: day(104) })
    expect(confirmationTimes(agreement(), [{}, confirmedOn(85)])?.dueMs).toBe(day(175))
  })

  it('is none where it was not agreed on, nobody has accepted, or the access ends before', () => {
    expect(confirmationTimes(agreement({ reconfirmation: false }), [])).toBeNull()
    expect(confirmationTimes(agreement({ accepted: null }), [])).toBeNull()
    expect(confirmationTimes(agreement(), [confirmedOn(650)])).toBeNull()
  })

  it('ends the access where it is missed, else the days do', () => {
    expect(accessOverAt(agreement(), [])).toBe(day(104))
    expect(accessOverAt(agreement(), [confirmedOn(650)])).toBe(day(730))
    expect(accessOverAt(agreement({ reconfirmation: false, access_valid_for_days: 90 }), [])).toBe(day(90))
    expect(accessOverAt(agreement({ accepted: null }), [])).toBeNull()
  })

  it('is waited for from its day on; an account left out of it is read until its own day', () => {
    const waits = (now: number, words = [{}], account = {}) => awaitsConfirmation(agreement(), words, account, now)
    expect([waits(day(90) - 1), waits(day(90))]).toEqual([false, true])
    const confirmed = [confirmedOn(80)]
    const rejected = { rejected: new Date(day(80)).toISOString() }
    expect(waits(day(91), confirmed, confirmed[0])).toBe(false)
    expect([waits(day(90) - 1, confirmed, rejected), waits(day(90), confirmed, rejected)]).toEqual([false, true])
  })
})
