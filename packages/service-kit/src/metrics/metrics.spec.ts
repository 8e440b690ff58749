import {
  type AppendRequest,
  ConcurrencyConflict,
  type EventLog,
  type RawMessage,
  systemClock,
  UnknownOutcome,
} from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { createMetrics, exposition, type Metrics, meteredLog, scrape, whileAsked } from './index.ts'

const textOf = async (...services: Metrics[]) => exposition(await scrape(services, { thread: true }))

const append = (aggregateId: string, expectedSeq = 0): AppendRequest => ({
  subject: `evt.connection.connection.space.${aggregateId}`,
  expectedSeq,
  messageId: aggregateId,
  headers: { 'ce-id': aggregateId },
  body: new Uint8Array([1]),
})

describe('what services of one process count', () => {
  it('is one text in which each family stands once', async () => {
    const [one, other] = [createMetrics('one'), createMetrics('other')]
    one.brokerReconnects.inc()
    other.brokerReconnects.inc(2)
    const text = await textOf(one, other)
    expect(text.match(/# TYPE pf_nats_reconnects_total counter/g)).toHaveLength(1)
    expect(text).toContain('pf_nats_reconnects_total{service="one"} 1')
    expect(text).toContain('pf_nats_reconnects_total{service="other"} 2')
  })
})

describe('what a process counts', () => {
  it('tells when it started, however many services it has', async () => {
    const text = await exposition(await scrape([createMetrics('one'), createMetrics('other')]))
    expect(text).toMatch(/^process_start_time_seconds \d+/m)
  })
})

describe('the lag of a read model', () => {
  it('is asked for at each scrape, and no more when it is no longer watched', async () => {
    const metrics = createMetrics('one')
    let messages = 7
    const unwatch = metrics.watchLag('accounts', async () => messages)
    expect(await textOf(metrics)).toContain('pf_projection_lag_messages{projection="accounts",service="one"} 7')
    messages = 0
    expect(await textOf(metrics)).toContain('pf_projection_lag_messages{projection="accounts",service="one"} 0')
    unwatch()
    expect(await textOf(metrics)).not.toContain('projection="accounts"')
  })

  it('is no figure where it stopped for good: that is counted', async () => {
    const metrics = createMetrics('one')
    metrics.watchLag('accounts', () => Promise.reject(new Error('rebuild needed')))
    const text = await textOf(metrics)
    expect(text).not.toContain('projection="accounts"')
    expect(text).toContain('pf_projections_stopped{service="one"} 1')
  })
})

describe('what a service says of itself', () => {
  it('is asked for at each scrape, and summed by its labels', async () => {
    const metrics = createMetrics('one')
    const unwatch = metrics.watch('setAside', async () => [
      { labels: { kind: 'reaction', name: 'follow' }, value: 1 },
      { labels: { kind: 'reaction', name: 'follow' }, value: 1 },
    ])
    expect(await textOf(metrics)).toContain('pf_set_aside{kind="reaction",name="follow",service="one"} 2')
    unwatch()
    expect(await textOf(metrics)).not.toContain('name="follow"')
  })

  it('is no figure where nobody says it, or who is asked cannot say: that is counted', async () => {
    const metrics = createMetrics('one')
    expect(await textOf(metrics)).not.toContain('pf_disk_free_bytes{')
    metrics.watch('diskFree', () => Promise.reject(new Error('away')))
    metrics.watch('diskSize', async () => [{ value: 7 }])
    const text = await textOf(metrics)
    expect(text).not.toContain('pf_disk_free_bytes{')
    expect(text).toContain('pf_disk_size_bytes{service="one"} 7')
    // By the next scrape: in the first one it may have been told before the figure was asked for.
    expect(await textOf(metrics)).toContain('pf_figures_missed_total{figure="pf_disk_free_bytes",service="one"}')
  })

  it('is looked at once for all who ask together', async () => {
    let looks = 0
    const look = whileAsked(async () => ++looks)
    expect(await Promise.all([look(), look()])).toEqual([1, 1])
    expect(await look()).toBe(2)
  })
})

describe('a log that is counted', () => {
  it('tells appends from repetitions and conflicts', async () => {
    const metrics = createMetrics('one')
    const log = meteredLog(createMemoryLog({ clock: systemClock }), metrics)
    await log.append(append('a'))
    await log.append(append('a'))
    await expect(log.append({ ...append('a'), messageId: 'another' })).rejects.toThrow(ConcurrencyConflict)
    const text = await textOf(metrics)
    for (const outcome of ['appended', 'duplicate', 'conflict'])
      expect(text).toContain(`pf_appends_total{aggregate="connection",outcome="${outcome}",service="one"} 1`)
  })

  it('tells an unknown outcome from a failure', async () => {
    const metrics = createMetrics('one')
    const failing = (error: Error): EventLog =>
      meteredLog({ ...createMemoryLog({ clock: systemClock }), append: () => Promise.reject(error) }, metrics)
    await expect(failing(new UnknownOutcome('evt')).append(append('a'))).rejects.toThrow(UnknownOutcome)
    await expect(failing(new Error('disk')).append(append('a'))).rejects.toThrow('disk')
    const text = await textOf(metrics)
    for (const outcome of ['unknown', 'failed'])
      expect(text).toContain(`pf_appends_total{aggregate="connection",outcome="${outcome}",service="one"} 1`)
  })

  it('counts what reactions fail at, and what they hold only while they hold it', async () => {
    const metrics = createMetrics('one')
    const log = meteredLog(createMemoryLog({ clock: systemClock }), metrics)
    const handled = Promise.withResolvers<RawMessage>()
    const held: string[] = []
    const running = await log.react({
      context: 'connection',
      name: 'follow',
      async handle(message, { attempt }) {
        held.push(await textOf(metrics))
        if (attempt === 1) throw new Error('not yet')
        handled.resolve(message)
      },
    })
    await log.append(append('a'))
    await handled.promise
    await running.stop()
    expect(held[0]).toContain('pf_reactions_in_flight{reaction="follow",service="one"} 1')
    const text = await textOf(metrics)
    expect(text).toContain('pf_reaction_failures_total{reaction="follow",service="one"} 1')
    expect(text).toContain('pf_reactions_in_flight{reaction="follow",service="one"} 0')
    expect(text).toContain('pf_reaction_bytes_held{service="one"} 0')
  })
})
