import { createHash } from 'node:crypto'
import { subjectOf } from '../address.ts'
import { type AppendRequest, ConcurrencyConflict, type EventLog, LogReplaced, type RawMessage } from '../ports.ts'
import { describeSnapshots } from './describe-snapshots.ts'
import { eventually } from './eventually.ts'

export type OpenedLog = {
  log: EventLog
  /** Returns once the log has forgotten the message ids it knew so far. */
  passDuplicateWindow(): Promise<void>
  close(): Promise<void>
}

/** What every event log keeps to. `open` gives one with empty streams. */
export function describeEventLog(name: string, open: () => Promise<OpenedLog>): void {
  describe(`${name}, as an event log,`, () => {
    let opened: OpenedLog
    beforeAll(async () => {
      opened = await open()
    }, 60_000)
    afterAll(() => opened?.close())

    describeAppends(() => opened)
    describeReads(() => opened.log)
    describeSnapshots(() => opened.log)
    describeReactions(() => opened.log)
    describePurges(() => opened.log)
  })
}

function describePurges(opened: () => EventLog): void {
  const at = (spaceId: string, aggregateId: string) =>
    ({ context: 'connection', aggregate: 'connection', spaceId, aggregateId }) as const
  const fill = async (spaceId: string) => {
    const subjects = ['a', 'b'].map((id) => subjectOf(at(spaceId, id)))
    const seqs: number[] = []
    for (const subject of subjects) seqs.push(...(await appendAll(opened(), subject, ['one', 'two'])))
    return { subjects, seqs }
  }
  const holds = async (subjects: readonly string[]) =>
    (await Promise.all(subjects.map((subject) => opened().load(subject)))).flat().length

  it("purges all of a space, tells its sequences before they go, and leaves another's", async () => {
    const log = opened()
    const [gone, stays] = [await fill('purged-space'), await fill('purged-space-not')]
    const { lastSeq, createdAt } = await log.info('connection')
    const told: number[] = []
    const purging = async (seqs: readonly number[]) => {
      told.push(...seqs)
      expect(await holds(gone.subjects)).toBe(4)
    }
    expect(await log.purge({ context: 'connection', spaceId: 'purged-space' }, purging)).toBe(4)
    expect(told).toEqual(gone.seqs)
    expect(await holds(gone.subjects)).toBe(0)
    expect(await holds(stays.subjects)).toBe(4)
    expect(await log.read('connection', gone.seqs[0] ?? 0)).toBeUndefined()
    expect(await log.info('connection')).toEqual({ lastSeq, createdAt })
    expect(await log.purge({ context: 'connection', spaceId: 'purged-space' }, purging)).toBe(0)
  })

  it('purges one aggregate alone, which may begin anew', async () => {
    const log = opened()
    const { subjects } = await fill('purged-one')
    await log.purge(at('purged-one', 'a'), async () => undefined)
    expect(await Promise.all(subjects.map(async (subject) => (await log.load(subject)).length))).toEqual([0, 2])
    await log.append(request(subjects[0] ?? '', 0, 'anew'))
    expect((await log.load(subjects[0] ?? '')).map(bodyOf)).toEqual(['anew'])
  })

  it('purges what arrives meanwhile, and tells of it', async () => {
    const log = opened()
    const { subjects, seqs } = await fill('purged-late')
    const told: number[][] = []
    await log.purge({ context: 'connection', spaceId: 'purged-late' }, async (some) => {
      told.push([...some])
      if (told.length === 1) await log.append(request(subjects[0] ?? '', seqs[1] ?? 0, 'late'))
    })
    expect(told.map(({ length }) => length)).toEqual([4, 1])
    expect(await holds(subjects)).toBe(0)
  })

  it('delivers what comes after a hole to who reads on, and nothing that was purged to a reaction that failed', async () => {
    const log = opened()
    const { lastSeq } = await log.info('connection')
    const handled: string[] = []
    const failing = await log.react({
      context: 'connection',
      name: 'meets-a-purge',
      async handle(message) {
        if (!message.subject.includes('.purged-failing.')) return
        handled.push(message.subject)
        throw new Error('not yet')
      },
    })
    await fill('purged-failing')
    await eventually(() => expect(handled.length).toBeGreaterThan(0))
    await log.purge({ context: 'connection', spaceId: 'purged-failing' }, async () => undefined)
    await appendAll(log, newSubject(), ['after'])
    const reading = new AbortController()
    for await (const message of log.tail('connection', lastSeq, reading.signal)) {
      expect(bodyOf(message)).toBe('after')
      break
    }
    reading.abort()
    await failing.stop()
  })

  it('refuses what would address more than one space', async () => {
    await expect(async () =>
      opened().purge({ context: 'connection', spaceId: '*' }, async () => undefined),
    ).rejects.toThrow(/must match/)
  })
}

let subjects = 0
const newSubject = (aggregate = 'connection') =>
  subjectOf({ context: 'connection', aggregate, spaceId: 'space', aggregateId: `conformance-${++subjects}` })

function request(subject: string, expectedSeq: number, commandId: string, body = commandId): AppendRequest {
  return {
    subject,
    expectedSeq,
    messageId: createHash('sha256').update(`${subject}\n${commandId}`).digest('hex'),
    headers: { 'ce-id': commandId, 'es-version': '1' },
    body: new TextEncoder().encode(body),
  }
}

const bodyOf = ({ body }: RawMessage) => new TextDecoder().decode(body)

async function appendAll(log: EventLog, subject: string, commandIds: readonly string[]): Promise<number[]> {
  const seqs: number[] = []
  for (const id of commandIds) seqs.push((await log.append(request(subject, seqs.at(-1) ?? 0, id))).seq)
  return seqs
}

function describeAppends(opened: () => OpenedLog): void {
  it('accepts an append that expects what is there', async () => {
    const { log } = opened()
    const subject = newSubject()
    const first = await log.append(request(subject, 0, 'a'))
    const second = await log.append(request(subject, first.seq, 'b'))
    expect([first.duplicate, second.duplicate]).toEqual([false, false])
    expect(second.seq).toBeGreaterThan(first.seq)
  })

  it('refuses an append that expects something else, and keeps nothing of it', async () => {
    const { log } = opened()
    const subject = newSubject()
    await log.append(request(subject, 0, 'a'))
    await expect(log.append(request(subject, 0, 'b'))).rejects.toThrow(ConcurrencyConflict)
    expect((await log.load(subject)).map(bodyOf)).toEqual(['a'])
  })

  it('lets one of many writers through, round after round', async () => {
    const { log } = opened()
    for (let round = 1; round <= 40; round++) {
      const subject = newSubject()
      const writers = Array.from({ length: 8 }, (_, i) => log.append(request(subject, 0, `writer-${i}`)))
      const outcomes = await Promise.allSettled(writers)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConcurrencyConflict)
      }
      expect(await log.load(subject)).toHaveLength(1)
    }
  }, 60_000)

  it('answers a repetition with the sequence of what it holds, whatever was appended since and whatever bytes come', async () => {
    const { log } = opened()
    const subject = newSubject()
    const [first, second] = await appendAll(log, subject, ['a', 'b'])
    expect(await log.append(request(subject, 0, 'a', 'sealed anew'))).toEqual({ seq: first, duplicate: true })
    expect(await log.append(request(subject, second!, 'a', 'sealed anew'))).toEqual({ seq: first, duplicate: true })
    expect((await log.load(subject)).map(bodyOf)).toEqual(['a', 'b'])
  })

  it('does not confuse one command on two aggregates', async () => {
    const { log } = opened()
    const [one, two] = [newSubject(), newSubject()]
    await log.append(request(one, 0, 'a'))
    expect((await log.append(request(two, 0, 'a'))).duplicate).toBe(false)
  })

  it('answers a repetition so past the window of duplicates too', async () => {
    const { log, passDuplicateWindow } = opened()
    const subject = newSubject()
    const [first] = await appendAll(log, subject, ['a', 'b'])
    await passDuplicateWindow()
    expect(await log.append(request(subject, 0, 'a'))).toEqual({ seq: first, duplicate: true })
    expect(await log.load(subject)).toHaveLength(2)
  }, 20_000)
}

function describeReads(log: () => EventLog): void {
  it('loads nothing of an empty subject', async () => {
    expect(await log().load(newSubject())).toEqual([])
  })

  it('says which message is the next, and when there is none', async () => {
    const seqs = await appendAll(log(), newSubject(), ['a', 'b'])
    const { lastSeq } = await log().info('connection')
    expect((await log().next('connection', seqs[0]!))?.seq).toBe(seqs[1])
    expect((await log().next('connection', 0))?.seq).toBe(1)
    expect(await log().next('connection', lastSeq)).toBeUndefined()
  })

  it('loads a subject in order, among others, with headers and body as they were written', async () => {
    const [subject, other] = [newSubject(), newSubject()]
    let [mine, others] = [0, 0]
    for (let i = 1; i <= 30; i++) {
      mine = (await log().append(request(subject, mine, `command-${i}`))).seq
      others = (await log().append(request(other, others, `other-${i}`))).seq
    }
    const messages = await log().load(subject)
    expect(messages.map(bodyOf)).toEqual(Array.from({ length: 30 }, (_, i) => `command-${i + 1}`))
    expect(messages.every((message) => message.subject === subject)).toBe(true)
    expect(messages[0]?.headers).toMatchObject({ 'ce-id': 'command-1', 'es-version': '1' })
    expect(Number.isNaN(Date.parse(messages[0]!.time))).toBe(false)
  })

  it('loads what came after a sequence', async () => {
    const subject = newSubject()
    const seqs = await appendAll(log(), subject, ['a', 'b', 'c'])
    expect((await log().load(subject, seqs[0])).map(bodyOf)).toEqual(['b', 'c'])
    expect(await log().load(subject, seqs[2])).toEqual([])
  })

  it('reads one message by its sequence, and none where there is none', async () => {
    const subject = newSubject()
    const [seq] = await appendAll(log(), subject, ['a'])
    expect(await log().read('connection', seq!)).toMatchObject({ subject, seq })
    expect(await log().read('connection', seq! + 1000)).toBeUndefined()
  })

  it('knows when its stream was made, and its last sequence', async () => {
    const before = await log().info('connection')
    const [seq] = await appendAll(log(), newSubject(), ['a'])
    expect(await log().info('connection')).toEqual({ createdAt: before.createdAt, lastSeq: seq })
  })

  it('tails from the middle, in order, and goes on with what comes', async () => {
    const subject = newSubject()
    const seqs = await appendAll(log(), subject, ['a', 'b', 'c'])
    const stop = new AbortController()
    const seen: string[] = []
    let appended = false
    for await (const message of log().tail('connection', seqs[0]!, stop.signal)) {
      seen.push(bodyOf(message))
      if (seen.length === 2 && !appended) {
        appended = true
        await log().append(request(subject, seqs[2]!, 'd'))
      }
      if (seen.length === 3) stop.abort()
    }
    expect(seen).toEqual(['b', 'c', 'd'])
  })

  it('tails on from a place of this log, also where the message there was erased', async () => {
    const { createdAt } = await log().info('connection')
    const subject = newSubject()
    const [seq] = await appendAll(log(), subject, ['a', 'b'])
    const erased = subjectOf({ context: 'connection', aggregate: 'probe', spaceId: 'erased', aggregateId: 'one' })
    const [gone] = await appendAll(log(), erased, ['c'])
    await log().purge({ context: 'connection', spaceId: 'erased' }, async () => undefined)
    await appendAll(log(), newSubject(), ['d'])
    for (const [place, next] of [
      [{ seq: seq!, streamCreatedAt: createdAt, eventId: 'a' }, 'b'],
      [{ seq: gone!, streamCreatedAt: createdAt, eventId: 'c' }, 'd'],
    ] as const)
      for await (const message of log().tail('connection', place, new AbortController().signal)) {
        expect(bodyOf(message)).toBe(next)
        break
      }
  })

  it.each([
    ['was made at another time', { streamCreatedAt: '2020-01-01T00:00:00Z' }],
    ['ends before it', { seq: 1_000_000 }],
    ['holds another event there', { eventId: 'another' }],
  ])('does not tail on from a place of a log that %s', async (_, difference) => {
    const { createdAt } = await log().info('connection')
    const [seq] = await appendAll(log(), newSubject(), ['a', 'b'])
    const place = { seq: seq!, streamCreatedAt: createdAt, eventId: 'a', ...difference }
    await expect(drain(log().tail('connection', place, AbortSignal.timeout(10_000)))).rejects.toThrow(LogReplaced)
  })

  it('scans what stands there and ends, with nothing of what comes meanwhile', async () => {
    const subject = newSubject()
    const seqs = await appendAll(log(), subject, ['a', 'b', 'c'])
    const seen: string[] = []
    for await (const message of log().scan('connection', seqs[0]!, new AbortController().signal)) {
      seen.push(bodyOf(message))
      if (seen.length === 1) await log().append(request(subject, seqs[2]!, 'd'))
    }
    expect(seen).toEqual(['b', 'c'])
    const { lastSeq } = await log().info('connection')
    expect(await drain(log().scan('connection', lastSeq, new AbortController().signal))).toEqual([])
    expect(await drain(log().scan('storage', 0, new AbortController().signal))).toEqual([])
  })

  it('scans one space alone, in order, and ends', async () => {
    const of = (spaceId: string, aggregateId: string) =>
      subjectOf({ context: 'connection', aggregate: 'connection', spaceId, aggregateId })
    const [mine, theirs, mineToo] = [of('scanned', 'a'), of('scanned-not', 'a'), of('scanned', 'b')]
    await appendAll(log(), mine, ['one'])
    await appendAll(log(), theirs, ['two'])
    await appendAll(log(), mineToo, ['three'])
    await appendAll(log(), theirs.replace('.a', '.b'), ['four'])
    const scanned = await drain(log().scan('connection', 0, new AbortController().signal, 'scanned'))
    expect(scanned.map(bodyOf)).toEqual(['one', 'three'])
    expect(await drain(log().scan('connection', 0, new AbortController().signal, 'scanned-never'))).toEqual([])
  })

  it('ends a scan that is given up', async () => {
    await appendAll(log(), newSubject(), ['a', 'b'])
    const stop = new AbortController()
    const seen: number[] = []
    for await (const { seq } of log().scan('connection', 0, stop.signal)) {
      seen.push(seq)
      stop.abort()
    }
    expect(seen).toHaveLength(1)
  })

  it('ends a tail that waits', async () => {
    const stop = new AbortController()
    const { lastSeq } = await log().info('connection')
    const ended = drain(log().tail('connection', lastSeq, stop.signal))
    stop.abort()
    expect(await ended).toEqual([])
  })
}

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

function describeReactions(log: () => EventLog): void {
  // Every reaction looks at aggregates of its own kind: the stream is shared with the other rules.
  let kinds = 0
  const newKind = () => `kind_${++kinds}`

  it('hands a reaction every message until it is handled, then never again', async () => {
    const kind = newKind()
    const subject = newSubject(kind)
    await appendAll(log(), subject, ['a', 'b'])
    await appendAll(log(), newSubject('connection'), ['not wanted'])
    const seen: string[] = []
    const errors: unknown[] = []
    const options = { context: 'connection', name: `reaction-${kind}`, aggregates: [kind] } as const
    const running = await log().react({
      ...options,
      onError: (error) => errors.push(error),
      async handle(message, { attempt }) {
        seen.push(`${bodyOf(message)}${attempt}`)
        if (bodyOf(message) === 'a' && attempt < 2) throw new Error('not yet')
      },
    })
    await eventually(() => expect([...seen].sort()).toEqual(['a1', 'a2', 'b1']), 20_000)
    await running.stop()
    expect(errors).toHaveLength(1)

    const later: string[] = []
    const again = await log().react({ ...options, handle: async (message) => void later.push(bodyOf(message)) })
    await log().append(request(subject, (await log().load(subject)).at(-1)!.seq, 'c'))
    await eventually(() => expect(later).toContain('c'), 20_000)
    await again.stop()
    expect(later).toEqual(['c'])
  }, 60_000)

  it('acknowledges what a reaction does not want, and holds up nothing for it', async () => {
    const kind = newKind()
    const subject = newSubject(kind)
    await appendAll(log(), subject, ['dull 1', 'wanted 1', 'dull 2', 'wanted 2'])
    const seen: string[] = []
    const options = { context: 'connection', name: `reaction-${kind}`, aggregates: [kind] } as const
    const running = await log().react({
      ...options,
      wants: (message) => bodyOf(message).startsWith('wanted'),
      handle: async (message) => void seen.push(bodyOf(message)),
    })
    await eventually(() => expect(seen).toEqual(['wanted 1', 'wanted 2']), 20_000)
    await running.stop()

    const later: string[] = []
    const again = await log().react({ ...options, handle: async (message) => void later.push(bodyOf(message)) })
    await log().append(request(subject, (await log().load(subject)).at(-1)!.seq, 'after'))
    await eventually(() => expect(later).toContain('after'), 20_000)
    await again.stop()
    expect(later).toEqual(['after'])
  }, 60_000)

  it('never reacts twice at a time to one subject, nor to more than allowed at a time', async () => {
    const kind = newKind()
    const all = [newSubject(kind), newSubject(kind), newSubject(kind), newSubject(kind)]
    for (const subject of all) await appendAll(log(), subject, ['1', '2', '3'])
    const active = new Map<string, number>()
    const handled = new Map<string, string[]>()
    const seenAtOnce: number[] = []
    const perSubject: number[] = []
    const running = await log().react({
      context: 'connection',
      name: `reaction-${kind}`,
      aggregates: [kind],
      maxInFlight: 2,
      async handle(message) {
        active.set(message.subject, (active.get(message.subject) ?? 0) + 1)
        perSubject.push(active.get(message.subject)!)
        seenAtOnce.push([...active.values()].reduce((sum, n) => sum + n, 0))
        await new Promise((resolve) => setImmediate(resolve))
        active.set(message.subject, active.get(message.subject)! - 1)
        handled.set(message.subject, [...(handled.get(message.subject) ?? []), bodyOf(message)])
      },
    })
    await eventually(() => expect([...handled.values()].flat()).toHaveLength(12), 20_000)
    await running.stop()
    expect(Math.max(...perSubject)).toBe(1)
    expect(Math.max(...seenAtOnce)).toBeLessThanOrEqual(2)
    for (const subject of all) expect(handled.get(subject)).toEqual(['1', '2', '3'])
  }, 60_000)

  it('waits at its stop for what is in flight', async () => {
    const kind = newKind()
    await appendAll(log(), newSubject(kind), ['a'])
    const gate = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    let finished = false
    const running = await log().react({
      context: 'connection',
      name: `reaction-${kind}`,
      aggregates: [kind],
      async handle() {
        started.resolve()
        await gate.promise
        finished = true
      },
    })
    await started.promise
    const stopped = running.stop()
    expect(finished).toBe(false)
    gate.resolve()
    await stopped
    expect(finished).toBe(true)
  }, 60_000)
}
