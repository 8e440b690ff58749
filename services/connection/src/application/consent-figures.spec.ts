import { consentsEnded, consentsEnding } from './consent-figures.ts'

const now = new Map([['sandbox', '2026-11-01T00:00:00.000Z']])
const ends = (expiresAt: string, validTo?: string) => ({
  provider: 'sandbox',
  expiresAt,
  reconfirmation: validTo === undefined ? null : { validTo, dueAt: validTo, link: 'https://bank.example/' },
})
const within = (days: string, ending: ReturnType<typeof ends>[]) =>
  consentsEnding({ now, ending }).find(({ labels }) => labels?.['within_days'] === days)?.value

describe('what is told of consents for dashboards', () => {
  it('counts who ends within a day among those of a week', () => {
    const ending = [
      ends('2026-11-01T12:00:00.000Z'),
      ends('2026-11-06T00:00:00.000Z'),
      ends('2026-11-30T00:00:00.000Z'),
    ]
    expect(['1', '7', '14'].map((days) => within(days, ending))).toEqual([1, 2, 2])
  })

  it('counts one that has to be confirmed by when that is', () => {
    const ending = [ends('2027-04-01T00:00:00.000Z', '2026-11-03T00:00:00.000Z')]
    expect(['1', '7'].map((days) => within(days, ending))).toEqual([0, 1])
  })

  it('counts those that ended, and says nothing of a provider whose day is not known', () => {
    const ended = [{ provider: 'sandbox' }, { provider: 'elsewhere' }]
    expect(consentsEnded({ now, ended })).toEqual([{ labels: { provider: 'sandbox' }, value: 1 }])
    expect(consentsEnding({ now: new Map(), ending: [ends('2026-11-01T12:00:00.000Z')] })).toEqual([])
  })
})
