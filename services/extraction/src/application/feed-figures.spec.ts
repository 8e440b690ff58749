import { at, feedAccount } from '../domain/builders.ts'
import type { ScheduledFeed } from '../domain/schedule.ts'
import { feedsByState, feedsHeld, type Seen, syncsDue } from './feed-figures.ts'

const feed = (over: Partial<ScheduledFeed> = {}): ScheduledFeed => ({
  spaceId: 's',
  account: feedAccount(),
  readableUntil: at(1_000_000),
  refused: false,
  busy: false,
  lastStartedAt: at(),
  failure: null,
  closed: false,
  now: at(),
  ...over,
})
const seen = (...feeds: ScheduledFeed[]): Seen => ({ feeds, held: [] })
const countOf = (figures: ReturnType<typeof feedsByState>, labels: Record<string, string>) =>
  figures.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels))?.value

describe('what is told of accounts for dashboards', () => {
  const { provider } = feedAccount()
  const failure = { syncId: 'x', attempt: 0, retryAt: null }

  it('counts each once, by what its newest sync came to; what no longer matters hides what failed before', () => {
    const figures = feedsByState(
      seen(
        feed(),
        feed({ failure }),
        feed({ failure, refused: true }),
        feed({ closed: true }),
        feed({ lastStartedAt: null }),
      ),
    )
    for (const state of ['ok', 'failing', 'refused', 'closed', 'new'])
      expect(countOf(figures, { provider, state })).toBe(1)
  })

  it('says none of what there is none of, and nothing of a provider with no account', () => {
    expect(countOf(feedsByState(seen(feed())), { provider, state: 'failing' })).toBe(0)
    expect(feedsByState(seen())).toEqual([])
    expect(syncsDue(seen(feed()))).toEqual([{ labels: { provider }, value: 0 }])
  })

  it('counts what is due and was not asked for', () => {
    const overdue = feed({ failure: { syncId: 'x', attempt: 0, retryAt: at(-1) } })
    expect(syncsDue(seen(overdue, { ...overdue, busy: true }))).toEqual([{ labels: { provider }, value: 1 }])
  })

  it('counts by reason whom the bank is not asked about', () => {
    const figures = feedsHeld({ feeds: [feed()], held: [{ provider, reason: 'quota' }] })
    expect(countOf(figures, { provider, reason: 'quota' })).toBe(1)
    expect(countOf(figures, { provider, reason: 'rest' })).toBe(0)
  })
})
