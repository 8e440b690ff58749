import type { FeedEvent } from '@pf/contracts'
import { transactionsFetched } from './builders.ts'
import { addFetched, fetchedBefore, nothingFetched } from './fetched-answers.ts'

const fold = (events: readonly FeedEvent[]) => events.reduce(addFetched, nothingFetched)
const before = (events: readonly FeedEvent[], syncId: string) =>
  fetchedBefore(fold(events), syncId).map((answer) => answer.syncId)

describe('the answers before one', () => {
  it('are told oldest first, without those after it', () => {
    expect(
      before(
        ['a', 'b', 'c', 'd'].map((syncId) => transactionsFetched({ syncId })),
        'c',
      ),
    ).toEqual(['a', 'b'])
  })

  it('are a bounded number', () => {
    const many = Array.from({ length: 100 }, (_, i) => transactionsFetched({ syncId: `${i}` }))
    expect(before(many, '99')).toEqual(Array.from({ length: 15 }, (_, i) => `${84 + i}`))
  })

  it('are none where the one is not among the newest', () => {
    expect(before([transactionsFetched({ syncId: 'a' })], 'z')).toEqual([])
  })
})
