import { createCommandHandler } from './command-handler.ts'
import { createMemoryLog } from './memory/index.ts'
import type { EventLog, RawMessage, Sealer } from './ports.ts'
import { systemIds } from './system.ts'
import { counter } from './testing/counter.ts'
import { openSealer } from './testing/sealer.ts'
import { type LogFault, type VerifyLogOptions, verifyLog } from './verify-log.ts'

const clock = { now: () => new Date('2026-01-01T00:00:00Z') }
const counters = ['one', 'two', 'three', 'four', 'five']
const subjectOf = (counterName: string) => `evt.connection.counter.space-1.${counterName}`

/** Five aggregates, a message of two events each and then one of one, by turns: sequences 1 to 5, then 6 to 10. */
async function counted() {
  const log = createMemoryLog({ clock })
  const sealer = openSealer()
  const handler = createCommandHandler(counter, { log, sealer, clock, ids: systemIds })
  for (const times of [2, 1]) {
    for (const aggregateId of counters) {
      const command = { type: 'Count', by: 1, times } as const
      await handler.handle({ spaceId: 'space-1', aggregateId }, command, { commandId: `c-${times}` })
    }
  }
  return { log, sealer }
}

/** The log as it would be read after something happened to what is on disk. */
function damaged(log: EventLog, happened: (message: RawMessage) => RawMessage | undefined): EventLog {
  return {
    ...log,
    async *scan(...args) {
      for await (const message of log.scan(...args)) {
        const left = happened(message)
        if (left) yield left
      }
    },
  }
}

const at = (seq: number, change: (message: RawMessage) => RawMessage | undefined) => (message: RawMessage) =>
  message.seq === seq ? change(message) : message
const headers = (change: Record<string, string>) => (message: RawMessage) => ({
  ...message,
  headers: { ...message.headers, ...change },
})

async function verify(log: EventLog, sealer?: Sealer, options: Partial<VerifyLogOptions> = {}) {
  const faults: LogFault[] = []
  const onFault = (fault: LogFault) => faults.push(fault)
  const verified = await verifyLog(log, sealer, { context: 'connection', declarations: [counter], onFault, ...options })
  return { verified, told: faults.map(({ kind, subject, seq }) => [kind, subject, seq]), faults }
}

describe('an honest log', () => {
  const all = { context: 'connection', lastSeq: 10, messages: 10, events: 15, aggregates: 5, unreadable: 0, faults: 0 }

  it('is verified by its headers and sealed bytes alone, without a key', async () => {
    const { log } = await counted()
    expect(await verify(log)).toEqual({ verified: all, told: [], faults: [] })
  })

  it('is opened and compared with the declarations where a sealer is given', async () => {
    const { log, sealer } = await counted()
    expect(await verify(log, sealer)).toEqual({ verified: all, told: [], faults: [] })
  })

  it('may hold more aggregates than are followed at a time: it is read again for the others', async () => {
    const { log, sealer } = await counted()
    let readings = 0
    const watched: EventLog = {
      ...log,
      scan(...args) {
        readings++
        return log.scan(...args)
      },
    }
    for (const maxAggregates of [4, 2, 1]) {
      readings = 0
      expect((await verify(watched, sealer, { maxAggregates })).verified).toEqual(all)
      expect(readings).toBeGreaterThan(1)
    }
  })

  it('says what cannot be read since its key is gone, which is no fault', async () => {
    const { log, sealer } = await counted()
    sealer.erase('space-1')
    expect((await verify(log, sealer)).verified).toEqual({ ...all, unreadable: 10 })
  })

  it('may lack what the erasure ledger names', async () => {
    const { log } = await counted()
    const purged = damaged(log, (message) => (message.subject === subjectOf('two') ? undefined : message))
    const { verified } = await verify(purged, undefined, {
      erased: async (_, from, upTo) => from === upTo && [2, 7].includes(from),
    })
    expect(verified).toEqual({ ...all, messages: 8, events: 12, aggregates: 4 })
  })

  it('is not blamed for a store of keys that does not answer', async () => {
    const { log } = await counted()
    const away = () => Promise.reject(new Error('no answer'))
    await expect(verify(log, { seal: away, open: away })).rejects.toThrow('no answer')
  })

  it('is not looked at any further once the signal says so', async () => {
    const { log } = await counted()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(verify(log, undefined, { signal })).rejects.toThrow('enough')
  })
})

describe('a log that was damaged', () => {
  it('names the aggregate that a message is missing of', async () => {
    const { log } = await counted()
    const { told, faults } = await verify(
      damaged(
        log,
        at(2, () => undefined),
      ),
    )
    expect(told).toEqual([
      ['missing', undefined, 2],
      ['version', subjectOf('two'), 7],
    ])
    expect(faults[1]?.problem).toBe('version 1 was expected, 3 was found')
  })

  it('lacks its last messages, though no version tells: one fault for the range', async () => {
    const { log } = await counted()
    const { told, faults } = await verify(damaged(log, (message) => (message.seq > 8 ? undefined : message)))
    expect(told).toEqual([['missing', undefined, 9]])
    expect(faults[0]?.problem).toBe('messages 9 to 10 are not in the stream, and no erasure explains it')
  })

  it.each<[string, ReturnType<typeof headers>, string[], string[]]>([
    ['bytes of a body', (m) => ({ ...m, body: m.body.map((b) => b ^ 1) }), ['hash'], ['hash', 'seal']],
    [
      'its place',
      (m) => ({ ...m, subject: subjectOf('two') }),
      ['version', 'message_id'],
      ['version', 'message_id', 'seal'],
    ],
    ['a version', headers({ 'es-version': '7' }), ['version'], ['version', 'seal']],
    ['a hash', headers({ 'es-hash': 'other' }), ['hash'], ['hash']],
    ['a count', headers({ 'es-count': '2' }), ['count'], ['count', 'count']],
    ['a command id', headers({ 'ce-id': 'other' }), ['message_id'], ['message_id', 'seal']],
    ['a type', headers({ 'ce-type': 'Closed' }), [], ['type']],
    ['a type nobody declared', headers({ 'ce-type': 'Exploded' }), ['type'], ['type', 'type']],
    ['a header to none', headers({ 'es-version': '' }), ['header'], ['header']],
  ])('and changed in %s says so, once', async (_, change, expected, opened) => {
    const { log, sealer } = await counted()
    // Of the aggregate's last message, so that nothing after it is out of order too.
    const changed = damaged(log, at(10, change))
    expect((await verify(changed)).told.map(([kind]) => kind)).toEqual(expected)
    const { faults, verified } = await verify(changed, sealer)
    expect(faults.map(({ kind }) => kind)).toEqual(opened)
    expect(verified.faults).toBe(opened.length)
    expect(new Set(faults.map(({ subject }) => subject)).size).toBe(1)
  })

  it('tells of a link that was changed at both its ends', async () => {
    const { log } = await counted()
    const { told } = await verify(damaged(log, at(1, headers({ 'es-hash': 'other' }))))
    expect(told).toEqual([
      ['hash', subjectOf('one'), 1],
      ['hash', subjectOf('one'), 6],
    ])
  })

  it('holds what is no aggregate of its context', async () => {
    const { log } = await counted()
    const { told } = await verify(
      damaged(
        log,
        at(10, (m) => ({ ...m, subject: 'evt.storage.ledger.space-1.five' })),
      ),
    )
    expect(told).toEqual([['address', 'evt.storage.ledger.space-1.five', 10]])
  })

  it('is told the same, each fault once, where it is read in several goes', async () => {
    const { log, sealer } = await counted()
    const changed = damaged(log, (message) => {
      if (message.seq === 3) return undefined
      return message.seq % 2 === 0 ? { ...message, body: message.body.map((b) => b ^ 1) } : message
    })
    const sorted = ({ faults }: { faults: LogFault[] }) => faults.map((fault) => JSON.stringify(fault)).sort()
    const whole = sorted(await verify(changed, sealer))
    expect(whole.length).toBeGreaterThan(6)
    expect(sorted(await verify(changed, sealer, { maxAggregates: 1 }))).toEqual(whole)
  })
})
