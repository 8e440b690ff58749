import { Controller, Inject } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { DomainError, type Operation, type Principal } from '@pf/contracts'
import { currentTrace, inTrace, systemClock, type Trace } from '@pf/eventing'
import { type TSchema, Type } from 'typebox'
import { createLogger } from '../logger.ts'
import { createMetrics, type Metrics } from '../metrics/index.ts'
import { nestLogger } from '../nest-logger.ts'
import { defaultBounds } from './admission.ts'
import { Answers, RawJson, type RequestContext, Unchanged } from './answers.ts'
import { type Bus, createBusOn } from './bus.ts'
import { BusServer, type BusServerOptions } from './bus-server.ts'
import { partBytes } from './parts.ts'
import { PassErrors } from './pass-errors.ts'
import type { Wire } from './wire.ts'

const operation =
  <O>() =>
  <I extends TSchema, const Open extends boolean = false>(name: string, input: I, open: Open = false as Open) =>
    ({ service: 'connection', operation: name, input, open }) as Operation<I, O> & { readonly open: Open }

const echo = operation<{ text: string; space: string }>()('echo', Type.Object({ text: Type.String() }))
const greet = operation<{ hello: string }>()('greet', Type.Object({}), true)
const refused = operation<object>()('refused', Type.Object({}))
const broken = operation<object>()('broken', Type.Object({}))
const long = operation<{ text: string }>()('long', Type.Object({ bytes: Type.Integer() }))
const tagged = operation<{ text: string }>()('tagged', Type.Object({ bytes: Type.Integer() }))
const wait = operation<object>()('wait', Type.Object({ filler: Type.Optional(Type.String()) }))
const ready = operation<object>()('ready', Type.Object({}), true)
const trace = operation<Trace>()('trace', Type.Object({}), true)
const nobody = operation<object>()('nobody_answers', Type.Object({}))
const accounts = { ...operation<{ shard: string }>()('accounts', Type.Object({})), service: 'analytics' as const }

/** What the controller under test tells the specs. */
type Witness = { name: string; calls: string[]; aborted: unknown[]; release: Promise<void> }
const witnessToken = Symbol('witness')

@Controller()
class Room {
  readonly #witness: Witness
  constructor(@Inject(witnessToken) witness: Witness) {
    this.#witness = witness
  }

  @Answers(echo)
  async echo({ text }: { text: string }, principal: Principal) {
    this.#witness.calls.push(this.#witness.name)
    return { text, space: principal.spaceId }
  }

  @Answers(greet)
  async greet() {
    return { hello: 'all' }
  }

  @Answers(trace)
  async trace() {
    return currentTrace()
  }

  @Answers(refused)
  async refused(): Promise<object> {
    throw new DomainError('quota_exhausted', 'Found 4 of 4 calls spent.', { retryAfterSeconds: 61 })
  }

  @Answers(broken)
  async broken(): Promise<object> {
    throw new Error('a secret row GB33BUKB20201555555555')
  }

  @Answers(long)
  async long({ bytes }: { bytes: number }) {
    return new RawJson<{ text: string }>(JSON.stringify({ text: 'ä'.repeat(bytes / 2) }))
  }

  @Answers(tagged)
  async tagged({ bytes }: { bytes: number }, _principal: Principal, { knownTags }: RequestContext) {
    if (knownTags.includes('v2')) return new Unchanged('v2')
    return new RawJson<{ text: string }>(JSON.stringify({ text: 'x'.repeat(bytes) }), { tag: 'v2' })
  }

  @Answers(wait)
  async wait(_input: object, _principal: Principal, { signal }: RequestContext): Promise<object> {
    this.#witness.calls.push('wait')
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        this.#witness.aborted.push(signal.reason)
        resolve()
      })
    })
    await Promise.race([aborted, this.#witness.release])
    return {}
  }

  @Answers(accounts)
  async accounts() {
    return { shard: this.#witness.name }
  }
}

const principal: Principal = {
  userId: '0199aaaa-0000-7000-8000-000000000001',
  spaceId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: 's',
  roles: ['user'],
}

const eventually = (holds: () => boolean, deadlineMs?: number) => until(async () => holds(), deadlineMs)

async function until(holds: () => Promise<boolean>, deadlineMs = 5_000): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not happen within ${deadlineMs} ms.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

type Replica = Witness & {
  stop(): Promise<void>
  freed(): void
  log: string[]
  metrics: Metrics
}

const held = async ({ metrics }: Replica) => (await metrics.requestBytesHeld.get()).values[0]?.value

const underway = async ({ metrics }: Replica) => (await metrics.requestsInFlight.get()).values[0]?.value

/** As a caller does who was told to come again. */
async function retried<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'overloaded') throw error
    }
  }
}

async function startReplica(wire: Wire, name: string, options: Partial<BusServerOptions> = {}): Promise<Replica> {
  const log: string[] = []
  const logger = createLogger({ name }, { write: (line) => void log.push(line) })
  const released = Promise.withResolvers<void>()
  const metrics = createMetrics(name)
  const witness: Witness = { name, calls: [], aborted: [], release: released.promise }
  const strategy = new BusServer({
    service: 'connection',
    wire,
    clock: systemClock,
    logger,
    metrics,
    ...options,
  })
  strategy.addHandler('svc.connection.ready', async () => new TextEncoder().encode('{"ok":"yes"}'))
  const root = { module: class {}, controllers: [Room], providers: [{ provide: witnessToken, useValue: witness }] }
  const app = await NestFactory.createMicroservice(root, { strategy, logger: nestLogger(logger), abortOnError: false })
  app.useGlobalFilters(new PassErrors())
  await app.listen()
  return Object.assign(witness, { stop: () => app.close(), freed: () => released.resolve(), log, metrics })
}

/** The bus over any wire. Runs under Jest, so a spec calls it. */
export function describeBus(
  name: string,
  open: () => Promise<{ wire: () => Promise<Wire>; close: () => Promise<void> }>,
) {
  describe(`the bus (${name})`, () => {
    let place: Awaited<ReturnType<typeof open>>
    let bus: Bus
    let room: Replica
    const others: Replica[] = []
    beforeAll(async () => {
      place = await open()
    })
    afterAll(() => place.close())
    beforeEach(async () => {
      room = await startReplica(await place.wire(), 'first')
      bus = createBusOn(await place.wire())
    })
    afterEach(async () => {
      bus.close()
      for (const replica of [room, ...others.splice(0)]) {
        replica.freed()
        await replica.stop()
      }
    })

    it('carries input and principal there and the output back', async () => {
      const answer = await bus.call(echo, { text: 'grüße' }, { principal })
      expect(answer).toEqual({ text: 'grüße', space: principal.spaceId })
    })

    it('has what is done for a request belong to it, or to what it belongs to', async () => {
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
      const alone = await bus.call(trace, {}, { requestId: 'request-7', traceparent })
      expect(alone).toEqual({ correlationId: 'request-7', traceparent })
      const underway = { correlationId: 'request-1', causationId: 'not a request’s', traceparent }
      const nested = await inTrace(underway, () => bus.call(trace, {}, { requestId: 'request-8' }))
      expect(nested).toEqual({ correlationId: 'request-1', traceparent })
    })

    it('passes an answer through as it was written', async () => {
      const raw = await bus.callRaw(greet, {})
      expect(new TextDecoder().decode(raw)).toBe('{"hello":"all"}')
    })

    it('tags an answer, and sends none to who has the one that still holds', async () => {
      for (const bytes of [10, 3 * partBytes]) {
        const { body, tag } = await bus.callTagged(tagged, { bytes }, { principal })
        expect([JSON.parse(new TextDecoder().decode(body)).text.length, tag]).toEqual([bytes, 'v2'])
      }
      const known = await bus.callTagged(tagged, { bytes: 10 }, { principal, knownTags: ['v1', 'v2'] })
      expect(known).toEqual({ body: undefined, tag: 'v2' })
      const older = await bus.callTagged(tagged, { bytes: 10 }, { principal, knownTags: ['v1'] })
      expect(older.body?.length).toBeGreaterThan(10)
      expect((await bus.callTagged(greet, {}, { knownTags: ['v2'] })).tag).toBeUndefined()
    })

    it('refuses who has no principal, except at open operations', async () => {
      await expect(bus.call(echo, { text: '' })).rejects.toMatchObject({ code: 'unauthenticated' })
      await expect(bus.call(greet, {})).resolves.toEqual({ hello: 'all' })
    })

    it('refuses input that does not fit, by pointer and without the value', async () => {
      const wrong = { text: 4711 } as unknown as { text: string }
      const error = await bus.call(echo, wrong, { principal }).catch((refusal: unknown) => refusal)
      expect(error).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('/text') })
      expect(String(error)).not.toContain('4711')
      expect(room.calls).toEqual([])
    })

    it('carries a refusal back as the same refusal', async () => {
      const error = await bus.call(refused, {}, { principal }).catch((refusal: unknown) => refusal)
      expect(error).toBeInstanceOf(DomainError)
      const detail = 'Found 4 of 4 calls spent.'
      expect(error).toMatchObject({ code: 'quota_exhausted', detail, retryAfterSeconds: 61 })
    })

    it('tells nothing of an unforeseen error but where to look', async () => {
      const error = await bus
        .call(broken, {}, { principal, requestId: 'request-7' })
        .catch((refusal: unknown) => refusal)
      expect(error).toMatchObject({ code: 'internal' })
      expect(String(error)).not.toContain('GB33')
      expect(room.log.join()).toContain('request-7')
    })

    it.each([partBytes - 100, partBytes + 100, 5 * partBytes])('brings an answer of %i bytes whole', async (bytes) => {
      const { text } = await bus.call(long, { bytes }, { principal })
      expect(text.length).toBe(bytes / 2)
    })

    it('refuses an answer that is longer than it carries', async () => {
      const refusal = bus.call(long, { bytes: 34 * 1024 * 1024 }, { principal })
      await expect(refusal).rejects.toMatchObject({ code: 'payload_too_large' })
    })

    it('refuses a request that is longer than it carries', async () => {
      const refusal = bus.call(echo, { text: 'x'.repeat(partBytes) }, { principal })
      await expect(refusal).rejects.toMatchObject({ code: 'payload_too_large' })
    })

    it('says at once that nobody answers', async () => {
      const refusal = bus.call(nobody, {}, { principal, deadlineMs: 60_000 })
      await expect(refusal).rejects.toMatchObject({ code: 'unavailable' })
    })

    it('stops waiting and working when the deadline has passed', async () => {
      // Long enough for a busy machine to deliver it: one that comes late is dropped, which is another rule.
      const refusal = bus.call(wait, {}, { principal, deadlineMs: 1_000 })
      await expect(refusal).rejects.toMatchObject({ code: 'unavailable' })
      await eventually(() => room.aborted.length === 1)
    })

    it('drops a request that comes after its deadline', async () => {
      const wire = await place.wire()
      const inbox = wire.inbox()
      const problems: (string | undefined)[] = []
      const answers = wire.subscribe(inbox, ({ headers }) => void problems.push(headers['pf-problem']))
      const headers = { 'pf-request-id': 'late', 'pf-deadline': '1', 'pf-principal': JSON.stringify(principal) }
      wire.publish('svc.connection.echo', new TextEncoder().encode('{"text":""}'), { headers, reply: inbox })
      await eventually(() => problems.length === 1)
      answers.unsubscribe()
      expect(problems).toEqual(['unavailable'])
      expect(room.calls).toEqual([])
    })

    it('tells the service when the caller goes away', async () => {
      const controller = new AbortController()
      const call = bus.call(wait, {}, { principal, signal: controller.signal })
      const outcome = call.catch((reason: unknown) => reason)
      await eventually(() => room.calls.includes('wait'))
      controller.abort(new Error('the page was closed'))
      expect(await outcome).toMatchObject({ message: 'the page was closed' })
      await eventually(() => room.aborted.length === 1)
    })

    it('lets two replicas share the work, each request to one of them', async () => {
      const second = await startReplica(await place.wire(), 'second')
      others.push(second)
      await Promise.all(Array.from({ length: 200 }, () => bus.call(echo, { text: '' }, { principal })))
      expect(room.calls.length + second.calls.length).toBe(200)
      expect(room.calls.length).toBeGreaterThan(10)
      expect(second.calls.length).toBeGreaterThan(10)
    })

    it('finishes what is under way when it stops, and takes nothing new', async () => {
      const call = bus.call(wait, {}, { principal })
      await eventually(() => room.calls.includes('wait'))
      const stopped = room.stop()
      room.freed()
      await stopped
      await expect(call).resolves.toEqual({})
      await expect(bus.call(greet, {})).rejects.toMatchObject({ code: 'unavailable' })
    })

    it('aborts what does not finish within the grace period', async () => {
      await room.stop()
      room = await startReplica(await place.wire(), 'hasty', { graceMs: 20 })
      const call = bus.call(wait, {}, { principal })
      const outcome = call.catch((reason: unknown) => reason)
      await eventually(() => room.calls.includes('wait'))
      await room.stop()
      expect(room.aborted).toEqual([expect.objectContaining({ code: 'unavailable' })])
      expect(await outcome).toMatchObject({ code: 'unavailable' })
    })

    it('sheds a flood at once, holds no more than it may, and is itself again when it is over', async () => {
      await room.stop()
      const heldBytes = 1024 * 1024
      const bounds = { ordinary: { inFlight: 8, waiting: 16 }, heavy: { inFlight: 1, waiting: 0 }, heldBytes }
      room = await startReplica(await place.wire(), 'small', { bounds })
      const request = { principal, deadlineMs: 120_000 }
      const outcomes: unknown[] = []
      const crowd = createBusOn(await place.wire(), { maxPending: 10_000 })
      const flood = Array.from({ length: 2_000 }, () =>
        crowd.call(wait, { filler: 'x'.repeat(10_000) }, request).then(
          () => 'answered',
          (refusal: unknown) => void outcomes.push(refusal),
        ),
      )
      // Nothing is released yet: all that is refused was refused without waiting for anything.
      await eventually(() => outcomes.length >= 2_000 - 8 - 16, 60_000)
      expect(outcomes).toHaveLength(2_000 - 8 - 16)
      for (const refusal of outcomes) expect(refusal).toMatchObject({ code: 'overloaded', retryAfterSeconds: 1 })
      expect(room.calls).toHaveLength(8)
      expect(await held(room)).toBeLessThanOrEqual(heldBytes)
      expect(await held(room)).toBeGreaterThan((8 + 16) * 10_000)
      // Under the flood it still says how it is.
      await expect(bus.call(ready, {}, { deadlineMs: 60_000 })).resolves.toEqual({ ok: 'yes' })
      room.freed()
      expect((await Promise.all(flood)).filter((outcome) => outcome === 'answered')).toHaveLength(8 + 16)
      await expect(bus.call(echo, { text: 'again' }, { principal })).resolves.toMatchObject({ text: 'again' })
      expect(await held(room)).toBe(0)
      crowd.close()
    }, 120_000)

    it('lets no more calls wait for answers than it may, and goes on when they came', async () => {
      const small = createBusOn(await place.wire(), { maxPending: 1 })
      const first = small.call(wait, {}, { principal })
      await expect(small.call(echo, { text: '' }, { principal })).rejects.toMatchObject({ code: 'overloaded' })
      room.freed()
      await first
      await expect(small.call(echo, { text: 'now' }, { principal })).resolves.toMatchObject({ text: 'now' })
      small.close()
    })

    it('lets who waits for a place be cancelled, and takes the next one', async () => {
      await room.stop()
      const bounds = { ...defaultBounds, ordinary: { inFlight: 1, waiting: 1 } }
      room = await startReplica(await place.wire(), 'narrow', { bounds })
      const first = bus.call(wait, {}, { principal })
      await eventually(() => room.calls.length === 1)
      const gone = new AbortController()
      const second = bus.call(echo, { text: 'second' }, { principal, signal: gone.signal }).catch(() => 'gone')
      await until(async () => (await underway(room)) === 2)
      gone.abort(new Error('the page was closed'))
      expect(await second).toBe('gone')
      await until(async () => (await underway(room)) === 1)
      const third = retried(() => bus.call(echo, { text: 'third' }, { principal }))
      room.freed()
      await first
      await expect(third).resolves.toMatchObject({ text: 'third' })
      expect(room.calls).toEqual(['wait', 'narrow'])
    })

    it('answers only when what it answers from has reached the position asked for', async () => {
      await room.stop()
      const reached = Promise.withResolvers<void>()
      const asked: string[] = []
      const caughtUp = (position: string) => {
        asked.push(position)
        return reached.promise
      }
      room = await startReplica(await place.wire(), 'behind', { caughtUp })
      const call = bus.call(echo, { text: 'x' }, { principal, logPosition: 'p7' })
      await eventually(() => asked.length === 1)
      expect(asked).toEqual(['p7'])
      expect(room.calls).toEqual([])
      reached.resolve()
      await expect(call).resolves.toMatchObject({ text: 'x' })
    })

    it("asks the replica that leases the space's shard", async () => {
      await room.stop()
      const shards = await Promise.all(
        ['0', '1'].map(async (shard) => startReplica(await place.wire(), shard, { shards: [shard] })),
      )
      others.push(...shards)
      const sharded = createBusOn(await place.wire(), { shards: 2 })
      const spaces = Array.from({ length: 8 }, (_, at) => ({
        ...principal,
        spaceId: principal.spaceId.slice(0, -1) + at,
      }))
      const answers = await Promise.all(spaces.map((one) => sharded.call(accounts, {}, { principal: one })))
      expect(new Set(answers.map(({ shard }) => shard))).toEqual(new Set(['0', '1']))
      sharded.close()
    })

    it('refuses a principal that is none', async () => {
      const forged = { ...principal, spaceId: 'another' }
      await expect(bus.call(echo, { text: '' }, { principal: forged })).rejects.toMatchObject({
        code: 'unauthenticated',
      })
    })

    it('ends what it waits for when this side shuts down', async () => {
      const call = bus.call(wait, {}, { principal })
      const outcome = call.catch((reason: unknown) => reason)
      bus.close()
      expect(await outcome).toMatchObject({ code: 'unavailable' })
    })
  })
}
