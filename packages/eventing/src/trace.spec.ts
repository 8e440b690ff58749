import { createCommandHandler } from './command-handler.ts'
import { createMemoryLog } from './memory/index.ts'
import { type Reaction, runReaction } from './reaction.ts'
import { systemIds } from './system.ts'
import { counter } from './testing/counter.ts'
import { eventually } from './testing/eventually.ts'
import { openSealer } from './testing/sealer.ts'
import { currentTrace, inSpan, installTracer, inTrace, type Tracer } from './trace.ts'

const clock = { now: () => new Date('2026-01-01T00:00:00Z') }
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const at = (aggregateId: string) => ({ spaceId: 'space-1', aggregateId })
const count = { type: 'Count', by: 1 } as const

function house() {
  const log = createMemoryLog({ clock })
  const sealer = openSealer()
  const handler = createCommandHandler(counter, { log, sealer, clock, ids: systemIds })
  const headersOf = async (aggregateId: string) => {
    const messages = await log.load(`evt.connection.counter.space-1.${aggregateId}`)
    return messages[0]?.headers ?? {}
  }
  return { log, sealer, handler, headersOf }
}

describe('an append', () => {
  it('belongs to the trace that the work underway belongs to, though nobody handed it on', async () => {
    const { handler, headersOf } = house()
    await inTrace({ correlationId: 'request-1', traceparent }, () =>
      handler.handle(at('a'), count, { commandId: 'c-1' }),
    )
    expect(await headersOf('a')).toMatchObject({ 'ce-correlationid': 'request-1', traceparent })
    expect(await headersOf('a')).not.toHaveProperty('ce-causationid')
  })

  it('begins a correlation of its own where none is underway', async () => {
    const { handler, headersOf } = house()
    await handler.handle(at('a'), count, { commandId: 'c-1' })
    expect((await headersOf('a'))['ce-correlationid']).toMatch(/^[0-9a-f-]{36}$/)
    expect(await headersOf('a')).not.toHaveProperty('traceparent')
  })

  it('belongs to its own request, whatever else is underway', async () => {
    const { handler, headersOf } = house()
    const names = ['a', 'b', 'c', 'd']
    await Promise.all(
      names.map((name) =>
        inTrace({ correlationId: `of-${name}` }, () => handler.handle(at(name), count, { commandId: name })),
      ),
    )
    for (const name of names) expect(await headersOf(name)).toMatchObject({ 'ce-correlationid': `of-${name}` })
  })

  it('of a reaction goes on with the correlation and the trace of its cause, and names it: as far as it goes', async () => {
    const { log, sealer, handler, headersOf } = house()
    const next: Record<string, string> = { a: 'b', b: 'c' }
    const passOn: Reaction = {
      name: 'pass-on',
      context: 'connection',
      async handle({ aggregateId }) {
        const following = next[aggregateId]
        if (following) await handler.handle(at(following), count, { commandId: `of-${following}` })
      },
    }
    const onError = (error: unknown) => Promise.reject(error)
    const running = await runReaction(passOn, { log, sealer, declarations: [counter], onError })
    await inTrace({ correlationId: 'request-1', traceparent }, () =>
      handler.handle(at('a'), count, { commandId: 'of-a' }),
    )
    await eventually(async () => expect(await headersOf('c')).toHaveProperty('ce-id'), 5000)
    await running.stop()
    expect(await headersOf('b')).toMatchObject({
      'ce-correlationid': 'request-1',
      'ce-causationid': 'of-a',
      traceparent,
    })
    expect(await headersOf('c')).toMatchObject({
      'ce-correlationid': 'request-1',
      'ce-causationid': 'of-b',
      traceparent,
    })
  })

  it('of a reaction to what belongs to no trace belongs to none: not to that of whoever started the reaction', async () => {
    const { log, sealer, handler } = house()
    await handler.handle(at('a'), count, { commandId: 'c-1' })
    const seen: unknown[] = []
    const running = await inTrace({ traceparent }, () =>
      runReaction(
        { name: 'look', context: 'connection', handle: async () => void seen.push(currentTrace().traceparent) },
        { log, sealer, declarations: [counter], onError: () => undefined },
      ),
    )
    await eventually(() => expect(seen).toEqual([undefined]), 5000)
    await running.stop()
  })
})

describe('a span', () => {
  const told: unknown[] = []
  const tracer: Tracer = {
    begin(facts, parent) {
      told.push(['begin', facts.name, parent])
      return { traceparent: `below ${parent}`, end: (how) => void told.push(['end', facts.name, how?.error]) }
    },
  }
  beforeEach(() => void told.splice(0))
  afterEach(() => installTracer(undefined))

  it('is the work itself where nobody is told', async () => {
    expect(await inSpan({ name: 'a', kind: 'server' }, async () => currentTrace())).toEqual({})
    expect(told).toEqual([])
  })

  it('is above all that the work leads to, and ends with it', async () => {
    installTracer(tracer)
    const below = await inTrace({ correlationId: 'c', traceparent: 'caller' }, () =>
      inSpan({ name: 'a', kind: 'client' }, async () => currentTrace()),
    )
    expect(below).toEqual({ correlationId: 'c', traceparent: 'below caller' })
    expect(told).toEqual([
      ['begin', 'a', 'caller'],
      ['end', 'a', undefined],
    ])
  })

  it('tells of a failure, which stays one', async () => {
    installTracer(tracer)
    const error = new Error('no')
    const failing = inSpan({ name: 'a', kind: 'consumer' }, () => Promise.reject(error))
    await expect(failing).rejects.toBe(error)
    expect(told.at(-1)).toEqual(['end', 'a', error])
  })

  it('of what serves no traced work is none: nobody looks for it', async () => {
    installTracer(tracer)
    await inSpan({ name: 'a', kind: 'client' }, async () => undefined)
    expect(told).toEqual([])
  })
})
