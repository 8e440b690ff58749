import { randomUUID } from 'node:crypto'
import type { EventLog } from '../ports.ts'
import { encodePosition } from '../position.ts'
import { drop, type Projection, put } from '../projection.ts'
import { Fenced, RebuildNeeded } from '../projection-store.ts'
import type { RunningProjection } from '../run-projection.ts'
import type { CounterEvent } from './counter.ts'
import { describeBuilds, describeRetries } from './describe-builds.ts'
import { describeErasing } from './describe-erasing.ts'
import { describeGaps } from './describe-gaps.ts'
import { eventually } from './eventually.ts'
import { caughtUp, createWorld, type OpenedStore, type Sum, type World } from './projection-world.ts'

/** What every projection store, and the runner over it, keeps to. */
export function describeProjections(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}, under a running projection,`, () => {
    let opened: OpenedStore
    const running: RunningProjection<Sum>[] = []
    beforeAll(async () => {
      opened = await open()
    }, 120_000)
    afterEach(async () => {
      await Promise.all(running.splice(0).map((one) => one.stop()))
    })
    afterAll(() => opened?.close())

    const world = () => createWorld(opened, running)
    describeFolding(world)
    describePoison(world)
    describeFences(world)
    describeRetries(world)
    describeBuilds(world)
    describeErasing(world)
    describeGaps(world)
  })
}

function describeFolding(open: () => World): void {
  it('rows are the fold of the events, those of before its start and those that come', async () => {
    const world = open()
    const [a, b] = [randomUUID(), randomUUID()]
    await world.command(a, world.spaceId, { type: 'Count', by: 1, times: 3 })
    const one = world.run()
    const { position } = await world.command(b, world.spaceId, { type: 'Count', by: 5, note: 'n' })
    await world.command(b, world.spaceId, { type: 'Close' })
    expect(await one.reader.caughtUpTo(position!, 15_000)).toBe(true)
    await caughtUp(world, one)
    const rows = await one.reader.find({ where: { spaceId: world.spaceId }, orderBy: [{ column: 'sum' }] })
    expect(rows).toEqual([
      { counterId: a, spaceId: world.spaceId, sum: 3, isClosed: false, lastAt: expect.any(String), note: null },
      { counterId: b, spaceId: world.spaceId, sum: 5, isClosed: true, lastAt: expect.any(String), note: 'n' },
    ])
    expect(rows[0]!.lastAt).toBe(new Date(rows[0]!.lastAt).toISOString())
    expect(await one.lag()).toBe(0)
  }, 30_000)

  it('it goes on from where it stopped, and counts nothing twice', async () => {
    const world = open()
    const id = randomUUID()
    for (let round = 1; round <= 3; round++) {
      await world.command(id, world.spaceId, { type: 'Count', by: 10 })
      const one = world.run()
      await caughtUp(world, one)
      expect(await one.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: round * 10 }])
      await one.stop()
    }
  }, 30_000)

  it('reads are filtered, ordered and paged by key set', async () => {
    const world = open()
    const ids = Array.from({ length: 5 }, (_, i) => `${i}-${randomUUID()}`)
    for (const [i, id] of ids.entries()) {
      await world.command(id, world.spaceId, { type: 'Count', by: 1 + (i % 2), ...(i === 3 && { note: 'x' }) })
    }
    const one = world.run()
    await caughtUp(world, one)
    const { spaceId } = world
    const orderBy = [{ column: 'sum', descending: true }, { column: 'counterId' }] as const
    const first = await one.reader.find({ where: { spaceId }, orderBy, limit: 3 })
    expect(first.map(({ counterId }) => counterId)).toEqual([ids[1], ids[3], ids[0]])
    const after = [first.at(-1)!.sum, first.at(-1)!.counterId]
    const rest = await one.reader.find({ where: { spaceId }, orderBy, after, limit: 3 })
    expect(rest.map(({ counterId }) => counterId)).toEqual([ids[2], ids[4]])
    expect(await one.reader.find({ where: { counterId: [ids[0]!, ids[4]!], spaceId } })).toHaveLength(2)
    expect(await one.reader.find({ where: { counterId: [], spaceId } })).toEqual([])
    expect(await one.reader.find({ where: { spaceId, note: null } })).toHaveLength(4)
    const byNote = [{ column: 'note' }, { column: 'counterId' }] as const
    const noted = await one.reader.find({ where: { spaceId }, orderBy: byNote, limit: 2 })
    expect(noted.map(({ counterId }) => counterId)).toEqual([ids[3], ids[0]])
    const afterNote = await one.reader.find({ where: { spaceId }, orderBy: byNote, after: ['x', ids[3]] })
    expect(afterNote).toHaveLength(4)
  }, 30_000)

  it('rows go by key or by what they hold, and come again in the same batch', async () => {
    const world = open()
    const { name } = world.definition
    const on: Projection<CounterEvent, Sum>['on'] = {
      Counted: ({ by, note }, { aggregateId, spaceId, time }) => {
        if (note === 'drop by key') return drop({ counterId: aggregateId })
        if (note === 'drop all') return drop({ spaceId })
        return put({ counterId: aggregateId, spaceId, sum: by, isClosed: false, lastAt: time, note: null })
      },
    }
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]
    const { spaceId } = world
    for (const id of [a, b]) await world.command(id, spaceId, { type: 'Count', by: 1 })
    const one = world.run({}, { ...world.definition, name, on })
    await caughtUp(world, one)
    expect(await one.reader.find({ where: { spaceId } })).toHaveLength(2)
    await world.command(a, spaceId, { type: 'Count', by: 1, note: 'drop by key' })
    await caughtUp(world, one)
    expect(await one.reader.find({ where: { spaceId } })).toMatchObject([{ counterId: b }])
    await one.stop()
    await world.command(c, spaceId, { type: 'Count', by: 3 })
    await world.command(c, spaceId, { type: 'Count', by: 1, note: 'drop all' })
    await world.command(a, spaceId, { type: 'Count', by: 7 })
    const two = world.run({}, { ...world.definition, name, on })
    await caughtUp(world, two)
    expect(await two.reader.find({ where: { spaceId } })).toMatchObject([{ counterId: a, sum: 7 }])
  }, 30_000)

  it('the events of an erased space are passed over', async () => {
    const world = open()
    const erased = randomUUID()
    await world.command(randomUUID(), erased, { type: 'Count', by: 1 })
    await world.command(randomUUID(), world.spaceId, { type: 'Count', by: 1 })
    world.sealer.erase(erased)
    const one = world.run()
    await caughtUp(world, one)
    expect(await one.reader.find({ where: { spaceId: erased } })).toEqual([])
    expect(await one.reader.find({ where: { spaceId: world.spaceId } })).toHaveLength(1)
    expect(world.errors).toEqual([])
  }, 30_000)

  it('who waits for a position that does not come is told so', async () => {
    const world = open()
    const one = world.run()
    await caughtUp(world, one)
    const { lastSeq } = await world.log.info('connection')
    expect(await one.reader.caughtUpTo(encodePosition({ connection: lastSeq + 1000 }), 50)).toBe(false)
    await expect(one.reader.caughtUpTo('no position', 50)).rejects.toMatchObject({ code: 'invalid_input' })
  }, 30_000)
}

function describePoison(open: () => World): void {
  it.each(['poison in the handler', 'poison in the fold'])(
    'an aggregate with %s is parked, the others go on',
    async (note) => {
      const world = open()
      const [sick, well] = [randomUUID(), randomUUID()]
      await world.command(sick, world.spaceId, { type: 'Count', by: 1 })
      await world.command(sick, world.spaceId, { type: 'Count', by: 1, note })
      await world.command(sick, world.spaceId, { type: 'Count', by: 1 })
      await world.command(well, world.spaceId, { type: 'Count', by: 4 })
      const one = world.run()
      await caughtUp(world, one)
      expect(await one.reader.find({ where: { counterId: sick } })).toMatchObject([{ sum: 1 }])
      expect(await one.reader.find({ where: { counterId: well } })).toMatchObject([{ sum: 4 }])
      expect(world.errors).toHaveLength(1)
      await one.stop()

      // It is remembered over a start.
      await world.command(sick, world.spaceId, { type: 'Count', by: 1 })
      const two = world.run()
      await caughtUp(world, two)
      expect(await two.reader.find({ where: { counterId: sick } })).toMatchObject([{ sum: 1 }])
    },
    30_000,
  )

  it('a message that was changed is parked', async () => {
    const world = open()
    const [sick, well] = [randomUUID(), randomUUID()]
    await world.command(sick, world.spaceId, { type: 'Count', by: 1 })
    await world.command(well, world.spaceId, { type: 'Count', by: 1 })
    const { log } = world
    const changed: EventLog = {
      ...log,
      async *tail(...args) {
        for await (const message of log.tail(...args)) {
          yield message.subject.endsWith(sick) ? { ...message, body: message.body.map((byte) => byte ^ 1) } : message
        }
      },
    }
    const one = world.run({ log: changed })
    await caughtUp(world, one)
    expect(await one.reader.find({ where: { spaceId: world.spaceId } })).toMatchObject([{ counterId: well }])
    expect(world.errors).toMatchObject([{ name: 'SealBroken' }])
  }, 30_000)
}

function describeFences(open: () => World): void {
  it('one runner works, another waits and takes over; both read', async () => {
    const world = open()
    const [first, second] = [world.run(), world.run()]
    const id = randomUUID()
    await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    for (const one of [first, second]) {
      await caughtUp(world, one)
      expect(await one.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 1 }])
    }
    await first.stop()
    await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    await caughtUp(world, second)
    expect(await second.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 2 }])
    expect(world.errors).toEqual([])
  }, 30_000)

  it('a runner that was asleep while another took over is fenced, and nothing is counted twice', async () => {
    const world = open()
    const id = randomUUID()
    await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    const stale = await world.options().store.open(world.definition, AbortSignal.timeout(10_000))
    const from = await stale.checkpoint()
    // Its session dies while it sleeps; the lock is free, its memory is old.
    await stale.close()
    const one = world.run()
    await caughtUp(world, one)
    const to = { stream: 'connection', streamCreatedAt: 'then', seq: 1, eventId: 'x' }
    const row: Sum = {
      counterId: id,
      spaceId: world.spaceId,
      sum: 99,
      isClosed: false,
      lastAt: new Date(0).toISOString(),
      note: null,
    }
    const late = stale.commit({ from, to, puts: [row], drops: [], quarantined: [] })
    await expect(late).rejects.toThrow(Fenced)
    expect(await one.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 1 }])
  }, 30_000)

  it.each([
    ['another event stands at the checkpoint', { eventId: 'another' }],
    ['the stream was made anew', { streamCreatedAt: '2020-01-01T00:00:00Z' }],
    ['the stream ends before the checkpoint', { seq: 1_000_000 }],
  ])(
    'it stops where %s, and says that a rebuild is needed',
    async (_, difference) => {
      const world = open()
      await world.command(randomUUID(), world.spaceId, { type: 'Count', by: 1 })
      const before = world.run()
      await caughtUp(world, before)
      await before.stop()
      const store = await world.options().store.open(world.definition, AbortSignal.timeout(10_000))
      const from = await store.checkpoint()
      await store.commit({ from, to: { ...from!, ...difference }, puts: [], drops: [], quarantined: [] })
      await store.close()
      const one = world.run()
      await eventually(() => expect(world.errors).toHaveLength(1))
      expect(world.errors[0]).toBeInstanceOf(RebuildNeeded)
      await expect(one.lag()).rejects.toThrow(RebuildNeeded)
    },
    30_000,
  )

  it('a new version is built beside the old', async () => {
    const world = open()
    const id = randomUUID()
    await world.command(id, world.spaceId, { type: 'Count', by: 2 })
    const old = world.run()
    const next = world.run({}, { ...world.definition, version: 2 })
    for (const one of [old, next]) {
      await caughtUp(world, one)
      expect(await one.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 2 }])
    }
  }, 30_000)
}
