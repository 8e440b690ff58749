import { type ConsentTimes, reconfirmFrom, watchAt } from './consent-times.ts'

const times = (overrides: Partial<ConsentTimes> = {}): ConsentTimes => ({
  expiresAt: '2028-11-01T00:00:00.000Z',
  expiryAnnounced: false,
  reconfirms: false,
  confirmedAt: '2026-11-01T00:00:00.000Z',
  reconfirmation: null,
  ...overrides,
})
const reconfirmation = { validTo: '2027-02-13T00:00:00.000Z' }

describe('a consent that stands', () => {
  it('is looked at again when its end is to be announced, and when it ends', () => {
    expect(watchAt(times())).toBe('2028-10-18T00:00:00.000Z')
    expect(watchAt(times({ expiryAnnounced: true }))).toBe('2028-11-01T00:00:00.000Z')
  })

  it('is looked at 76 days after each confirmation where it has to be confirmed every 90', () => {
    expect(watchAt(times({ reconfirms: true }))).toBe('2027-01-16T00:00:00.000Z')
    expect(watchAt(times({ reconfirms: true, confirmedAt: '2027-01-20T00:00:00.000Z' }))).toBe(
      '2027-04-06T00:00:00.000Z',
    )
  })

  it('is looked at when the page of its confirmation closes', () => {
    expect(watchAt(times({ reconfirms: true, reconfirmation }))).toBe('2027-02-13T00:00:00.000Z')
  })

  it('needs no confirmation that would be due after its end', () => {
    const last = times({ reconfirms: true, confirmedAt: '2028-08-20T00:00:00.000Z' })
    expect(reconfirmFrom(last)).toBeUndefined()
    expect(watchAt(last)).toBe('2028-10-18T00:00:00.000Z')
  })
})
