import type { FeedEvent } from '@pf/contracts'
import { change, type Operation, projection } from '@pf/eventing'
import { evolve, type Feed, initial } from '../domain/feed.ts'

export type FeedStateRow = { accountId: string; spaceId: string; connectionId: string; feed: Feed }

type Data<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>['data']

/** The aggregate's own fold, which takes an event that comes twice for one. */
const fold =
  <T extends FeedEvent['type']>(type: T) =>
  (data: Data<T>, { spaceId }: { spaceId: string }): Operation<FeedStateRow> => {
    const { accountId, connectionId } = data
    // `type` and `data` belong together by construction, which a union cannot say.
    const event = { type, data } as FeedEvent
    return change<FeedStateRow>({ accountId }, (row) => ({
      accountId,
      spaceId,
      connectionId,
      feed: evolve(row?.feed ?? initial, event),
    }))
  }

/** How far is each account read, what is left of its day, and what went wrong last? */
export const feedStates = projection<FeedEvent, FeedStateRow>({
  name: 'feed_states',
  version: 9,
  context: 'extraction',
  table: {
    name: 'feed_states',
    key: ['accountId'],
    space: 'spaceId',
    indexes: [['spaceId']],
    columns: { accountId: 'text', spaceId: 'text', connectionId: 'text', feed: 'jsonb' },
  },
  on: {
    SyncStarted: fold('SyncStarted'),
    CallIntended: fold('CallIntended'),
    TransactionsFetched: fold('TransactionsFetched'),
    BalancesFetched: fold('BalancesFetched'),
    AnswerFoundStale: fold('AnswerFoundStale'),
    DaysMissed: fold('DaysMissed'),
    CallFailed: fold('CallFailed'),
    WindowNarrowed: fold('WindowNarrowed'),
    SyncFailed: fold('SyncFailed'),
    SyncStored: fold('SyncStored'),
    SyncCompleted: fold('SyncCompleted'),
  },
})
