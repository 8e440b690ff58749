import { createMemoryLog } from '../memory/index.ts'
import { change, projection } from '../projection.ts'
import { systemClock } from '../system.ts'
import { type CounterEvent, counter } from './counter.ts'
import { specify } from './specify.ts'
import { specifyProjection } from './specify-projection.ts'

const { given } = specify(counter.decider)
const counted: CounterEvent = { type: 'Counted', data: { by: 1 } }
const closed: CounterEvent = { type: 'Closed', data: {} }

describe('a specification', () => {
  it('holds where the rules do so', () => {
    given([counted])
      .when({ type: 'Count', by: 2 })
      .then([{ type: 'Counted', data: { by: 2 } }])
      .leaves({ sum: 3 })
    given([closed]).when({ type: 'Close' }).thenNothing().leaves({ closed: true })
    given([closed]).when({ type: 'Count', by: 2 }).thenRefuses('conflict')
  })

  it('fails where they do something else', () => {
    expect(() => given([]).when({ type: 'Count', by: 2 }).thenNothing()).toThrow()
    expect(() => given([closed]).when({ type: 'Count', by: 2 }).thenRefuses('not_found')).toThrow()
    expect(() => given([closed]).when({ type: 'Count', by: 2 }).thenNothing()).toThrow(/conflict/)
    expect(() => given([]).when({ type: 'Close' }).thenRefuses('conflict')).toThrow()
    expect(() => given([counted]).when({ type: 'Close' }).then([closed]).leaves({ sum: 2 })).toThrow()
  })
})

describe('a specification of a projection', () => {
  type Row = { id: string; spaceId: string; sum: number; seq: number }
  const table = {
    name: 'sum',
    columns: { id: 'text', spaceId: 'text', sum: 'bigint', seq: 'bigint' },
    key: ['id'],
    space: 'spaceId',
  } as const
  const summing = (isGuarded: boolean) =>
    projection<CounterEvent, Row>({
      name: 'sums',
      version: 1,
      context: 'connection',
      table,
      on: {
        Counted: ({ by }, { aggregateId: id, spaceId, seq }) =>
          change({ id }, (row) =>
            isGuarded && row && row.seq >= seq ? row : { id, spaceId, sum: (row?.sum ?? 0) + by, seq },
          ),
      },
    })
  const meta = { aggregateId: 'a', spaceId: 's' }
  const twoCounts = [1, 2].map((by) => ({ event: { type: 'Counted' as const, data: { by } }, meta }))

  it('holds for a fold that bears to be told twice', () => {
    specifyProjection(summing(true))
      .given(twoCounts)
      .then([{ id: 'a', spaceId: 's', sum: 3, seq: 2 }])
  })

  it('fails for one that counts twice', () => {
    const then = () =>
      specifyProjection(summing(false))
        .given(twoCounts)
        .then([{ id: 'a', spaceId: 's', sum: 3, seq: 2 }])
    expect(then).toThrow(/deliveredTwice/)
  })
})

describe('the memory log of a specification', () => {
  it('starts empty', async () => {
    expect(await createMemoryLog({ clock: systemClock }).info('auth')).toMatchObject({ lastSeq: 0 })
  })
})
