import { messageIdOf, subjectOf } from './address.ts'
import { EventsTooLarge } from './aggregate.ts'
import { createCommandHandler } from './command-handler.ts'
import { EventInvalid } from './declared-events.ts'
import { LogBroken } from './envelope.ts'
import { createMemoryLog } from './memory/index.ts'
import { ConcurrencyConflict, type EventLog, KeyMissing, type Sealer, UnknownOutcome } from './ports.ts'
import { decodePosition } from './position.ts'
import { systemIds } from './system.ts'
import { counter } from './testing/counter.ts'
import { openSealer } from './testing/sealer.ts'

const at = { spaceId: 'space-1', aggregateId: 'counter-1' }
const subject = subjectOf({ ...counter, ...at })

function house(wrap: (log: EventLog) => EventLog = (log) => log) {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  const clock = { now: () => new Date(nowMs) }
  const log = createMemoryLog({ clock })
  const sealer = openSealer()
  const timing = { random: () => 0.5, wait: async () => {} }
  const open = (on: EventLog = wrap(log)) =>
    createCommandHandler(counter, { log: on, sealer, clock, ids: systemIds, timing })
  return { log, sealer, open, handler: open(), pass: (ms: number) => (nowMs += ms) }
}

describe('a command', () => {
  it('appends one message with all that it brought about, and returns the state after it', async () => {
    const { log, handler } = house()
    const { events, state, position } = await handler.handle(
      at,
      { type: 'Count', by: 2, times: 3 },
      { commandId: 'c-1' },
    )
    expect(events).toHaveLength(3)
    expect(state).toEqual({ sum: 6, closed: false })
    expect(decodePosition(position!)).toEqual({ connection: 1 })
    const [message, ...more] = await log.load(subject)
    expect(more).toEqual([])
    expect(message?.headers).toMatchObject({
      'ce-specversion': '1.0',
      'ce-id': 'c-1',
      'ce-type': 'Counted,Counted,Counted',
      'ce-time': '2026-01-01T00:00:00.000Z',
      'es-version': '1',
      'es-count': '3',
      'es-key': 'key-of-space-1',
      'Nats-Msg-Id': messageIdOf(subject, 'c-1'),
    })
  })

  it('leaves nothing readable in the log', async () => {
    const { log, handler } = house()
    await handler.handle(at, { type: 'Count', by: 1, note: 'a-marker' }, { commandId: 'c-1' })
    const [message] = await log.load(subject)
    expect(Buffer.from(message!.body).includes('a-marker')).toBe(false)
    expect(JSON.stringify(message!.headers)).not.toContain('a-marker')
  })

  it('is decided upon the events before it, by whichever handler wrote them', async () => {
    const { open } = house()
    const [one, two] = [open(), open()]
    await one.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await two.handle(at, { type: 'Count', by: 2 }, { commandId: 'c-2' })
    const { state } = await one.handle(at, { type: 'Count', by: 4 }, { commandId: 'c-3' })
    expect(state.sum).toBe(7)
    expect(await open().load(at)).toEqual({ state: { sum: 7, closed: false }, version: 3 })
  })

  it('is known to a fold of some types alone by its version and hash, without being unsealed', async () => {
    const { log, sealer, handler } = house()
    await handler.handle(at, { type: 'Count', by: 2, times: 2 }, { commandId: 'c-1' })
    await handler.handle(at, { type: 'Close' }, { commandId: 'c-2' })
    const unsealed: string[] = []
    const telling: Sealer = {
      ...sealer,
      open: (spaceId, keyId, bytes, aad) => {
        unsealed.push(aad)
        return sealer.open(spaceId, keyId, bytes, aad)
      },
    }
    const parts = { sealer: telling, clock: { now: () => new Date(0) }, ids: systemIds }
    const closings = { ...counter, reads: ['Closed'] as const }
    const state = { sum: 0, closed: true }
    expect(await createCommandHandler(closings, { ...parts, log }).load(at)).toEqual({ state, version: 3 })
    expect(unsealed).toHaveLength(1)
    const [first, ...later] = await log.load(subject)
    const changed = { ...first!, body: first!.body.with(0, first!.body[0]! ^ 1) }
    const broken = { ...log, load: async () => [changed, ...later] }
    await expect(createCommandHandler(closings, { ...parts, log: broken }).load(at)).rejects.toThrow(LogBroken)
  })

  it('of an aggregate that was erased meanwhile is decided anew, upon nothing, by whoever remembers it', async () => {
    const { log, handler, pass } = house()
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await handler.handle(at, { type: 'Close' }, { commandId: 'c-2' })
    const { context, aggregate } = counter
    await log.purge({ context, aggregate, ...at }, async () => undefined)
    // Two minutes long the log takes it for the one that was handled.
    const atOnce = handler.handle(at, { type: 'Count', by: 4 }, { commandId: 'c-1' })
    await expect(atOnce).rejects.toMatchObject({ code: 'conflict', detail: expect.stringContaining('erased') })
    pass(130_000)
    const { state } = await handler.handle(at, { type: 'Count', by: 4 }, { commandId: 'c-1' })
    expect(state).toEqual({ sum: 4, closed: false })
  })

  it('that brings about nothing appends nothing', async () => {
    const { log, handler } = house()
    await handler.handle(at, { type: 'Close' }, { commandId: 'c-1' })
    const { events, position } = await handler.handle(at, { type: 'Close' }, { commandId: 'c-2' })
    expect(events).toEqual([])
    expect(decodePosition(position!)).toEqual({ connection: 1 })
    expect(await log.load(subject)).toHaveLength(1)
  })

  it('has no position where the aggregate has no event', async () => {
    const { handler } = house()
    const { position } = await handler.handle(at, { type: 'Count', by: 1, times: 0 }, { commandId: 'c-1' })
    expect(position).toBeUndefined()
  })

  it('that is refused appends nothing', async () => {
    const { log, handler } = house()
    await handler.handle(at, { type: 'Close' }, { commandId: 'c-1' })
    await expect(handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-2' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await log.load(subject)).toHaveLength(1)
  })

  it('carries who caused it and the chain it belongs to', async () => {
    const { log, handler } = house()
    const context = { commandId: 'c-1', correlationId: 'chain', causationId: 'cause', traceparent: '00-a-b-01' }
    await handler.handle(at, { type: 'Count', by: 1 }, context)
    const [message] = await log.load(subject)
    expect(message?.headers).toMatchObject({
      'ce-correlationid': 'chain',
      'ce-causationid': 'cause',
      traceparent: '00-a-b-01',
    })
  })
})

describe('a command on an aggregate that is remembered', () => {
  const watched = () => {
    const asked: string[] = []
    const place = house((log) => ({
      ...log,
      load: (...args) => {
        asked.push('load')
        return log.load(...args)
      },
      append: (request) => {
        asked.push('append')
        return log.append(request)
      },
    }))
    return { ...place, asked }
  }

  it('asks the log for nothing before it appends', async () => {
    const { handler, asked } = watched()
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    asked.length = 0
    const { state } = await handler.handle(at, { type: 'Count', by: 2 }, { commandId: 'c-2' })
    expect(state.sum).toBe(3)
    expect(asked).toEqual(['append'])
  })

  it('is decided anew where somebody else has appended since', async () => {
    const { handler, open, asked, log } = watched()
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await open().handle(at, { type: 'Count', by: 2 }, { commandId: 'c-2' })
    asked.length = 0
    expect((await handler.handle(at, { type: 'Count', by: 4 }, { commandId: 'c-3' })).state.sum).toBe(7)
    expect(asked).toEqual(['append', 'load', 'append'])
    expect(await log.load(subject)).toHaveLength(3)
  })

  it('that another process has handled is told what that one brought about', async () => {
    const { handler, open, log } = watched()
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await open().handle(at, { type: 'Count', by: 2 }, { commandId: 'c-2' })
    const { events, state } = await handler.handle(at, { type: 'Count', by: 9 }, { commandId: 'c-2' })
    expect(events).toEqual([{ type: 'Counted', data: { by: 2 } }])
    expect(state.sum).toBe(3)
    expect(await log.load(subject)).toHaveLength(2)
  })

  it('is never refused, nor found to change nothing, upon what is not so any more', async () => {
    const { handler, open, log } = watched()
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await open().handle(at, { type: 'Close' }, { commandId: 'c-2' })
    expect((await handler.handle(at, { type: 'Close' }, { commandId: 'c-3' })).state.closed).toBe(true)
    await expect(handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-4' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await log.load(subject)).toHaveLength(2)
  })
})

describe('a repeated command', () => {
  it('returns what it brought about first, though the rules would refuse it now', async () => {
    const { log, handler } = house()
    const first = await handler.handle(at, { type: 'Count', by: 2 }, { commandId: 'c-1' })
    await handler.handle(at, { type: 'Close' }, { commandId: 'c-2' })
    const again = await handler.handle(at, { type: 'Count', by: 2 }, { commandId: 'c-1' })
    expect(again.events).toEqual(first.events)
    expect(again.state.closed).toBe(true)
    expect(await log.load(subject)).toHaveLength(2)
  })

  it('is known past the window of duplicates, to a handler that has just started', async () => {
    const { log, open, pass } = house()
    await open().handle(at, { type: 'Count', by: 2 }, { commandId: 'c-1' })
    pass(3_600_000)
    expect((await open().handle(at, { type: 'Count', by: 2 }, { commandId: 'c-1' })).state.sum).toBe(2)
    expect(await log.load(subject)).toHaveLength(1)
  })

  it('is not taken for one whose id has the same fingerprint', async () => {
    const { log, open } = house()
    await open().handle(at, { type: 'Count', by: 2 }, { commandId: 'c-23592' })
    const { state } = await open().handle(at, { type: 'Count', by: 3 }, { commandId: 'start:25bnx' })
    expect(state.sum).toBe(5)
    const again = await open().handle(at, { type: 'Count', by: 3 }, { commandId: 'start:25bnx' })
    expect(again.events).toEqual([{ type: 'Counted', data: { by: 3 } }])
    expect(await log.load(subject)).toHaveLength(2)
  })

  it('on another aggregate is another command', async () => {
    const { handler } = house()
    await handler.handle(at, { type: 'Count', by: 2 }, { commandId: 'c-1' })
    const other = await handler.handle(
      { ...at, aggregateId: 'counter-2' },
      { type: 'Count', by: 3 },
      { commandId: 'c-1' },
    )
    expect(other.state.sum).toBe(3)
  })
})

describe('commands at a time', () => {
  it('on one aggregate are each decided upon the one before', async () => {
    const { open, log } = house()
    const handlers = [open(), open(), open()]
    await Promise.all(
      handlers.map((handler, i) => handler.handle(at, { type: 'Count', by: 10 ** i }, { commandId: `c-${i}` })),
    )
    const messages = await log.load(subject)
    expect(messages.map(({ headers }) => headers['es-version'])).toEqual(['1', '2', '3'])
    expect((await open().load(at)).state.sum).toBe(111)
  })

  it('give up after five conflicts', async () => {
    let appends = 0
    const { handler } = house((log) => ({
      ...log,
      append: async ({ subject }) => {
        appends++
        throw new ConcurrencyConflict(subject)
      },
    }))
    await expect(handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c' })).rejects.toThrow(ConcurrencyConflict)
    expect(appends).toBe(5)
  })
})

describe('an append of unknown outcome', () => {
  const unknown = (lands: boolean) =>
    house((log) => ({
      ...log,
      append: async (request) => {
        if (lands) await log.append(request)
        throw new UnknownOutcome(request.subject)
      },
    }))

  it('is settled by finding its own command in the log', async () => {
    const { handler, log } = unknown(true)
    expect((await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })).state.sum).toBe(1)
    expect(await log.load(subject)).toHaveLength(1)
  })

  it('is told to the caller where the log does not hold it', async () => {
    await expect(unknown(false).handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })).rejects.toThrow(
      UnknownOutcome,
    )
  })
})

describe('the doors of the log', () => {
  it('let no event in that its declaration does not allow, and say where without saying what', async () => {
    const { handler, log } = house()
    const refused = handler.handle(at, { type: 'Count', by: -77 }, { commandId: 'c-1' })
    await expect(refused).rejects.toThrow(EventInvalid)
    await expect(refused).rejects.toMatchObject({ eventType: 'Counted', version: 2, pointer: '/by' })
    await expect(refused).rejects.not.toThrow(/77/)
    expect(await log.load(subject)).toEqual([])
  })

  it('let no message in that is larger than 512 KB, and say what to do', async () => {
    const { handler, log } = house()
    const refused = handler.handle(
      at,
      { type: 'Count', by: 1, times: 6, note: 'x'.repeat(100_000) },
      { commandId: 'c-1' },
    )
    await expect(refused).rejects.toThrow(EventsTooLarge)
    await expect(refused).rejects.toThrow(/take 600\d{3} bytes, 524288 are allowed; claim-check/)
    expect(await log.load(subject)).toEqual([])
  })

  it('let nothing in for a space without a key', async () => {
    const { handler, sealer } = house()
    sealer.erase('space-1')
    await expect(handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })).rejects.toThrow(KeyMissing)
  })

  it('find a message that was changed', async () => {
    const { open, log } = house()
    await open().handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    const changed: EventLog = {
      ...log,
      load: async (...args) =>
        (await log.load(...args)).map((message) => ({ ...message, body: message.body.map((b) => b ^ 1) })),
    }
    await expect(open(changed).load(at)).rejects.toThrow(LogBroken)
  })

  it('find a message that is missing, and name the aggregate', async () => {
    const { open, log } = house()
    for (const id of ['c-1', 'c-2', 'c-3']) await open().handle(at, { type: 'Count', by: 1 }, { commandId: id })
    const gap: EventLog = { ...log, load: async (...args) => (await log.load(...args)).filter(({ seq }) => seq !== 2) }
    await expect(open(gap).load(at)).rejects.toThrow(
      /evt\.connection\.counter\.space-1\.counter-1 .*version 2 was expected/,
    )
  })
})
