import { randomUUID } from 'node:crypto'
import type { EventLog } from '../ports.ts'
import { change, type Projection, projection } from '../projection.ts'
import { projectionOverview } from '../projection-overview.ts'
import { type Build, NoSuchBuild, type ProjectionStore, RebuildNeeded } from '../projection-store.ts'
import type { CounterEvent } from './counter.ts'
import { eventually } from './eventually.ts'
import { caughtUp, type Sum, type World } from './projection-world.ts'

const longMs = 20_000

/** A fold that cannot take a note `sick` before it is mended, and counts as `factor` says. */
function mendable(world: World) {
  const state = { isBroken: true, factor: 1 }
  const { on } = world.definition
  const definition: Projection<CounterEvent, Sum> = {
    ...world.definition,
    on: {
      ...on,
      Counted: (data, meta) => {
        if (data.note === 'sick' && meta.spaceId === world.spaceId && state.isBroken)
          throw new Error('this handler cannot')
        return on.Counted?.({ ...data, by: data.by * state.factor }, meta)
      },
    },
  }
  return { state, definition }
}

/** What is repeated after the fix. */
export function describeRetries(open: () => World): void {
  /** An aggregate of 1, then 2 (poison), then 4, and a projection that runs. */
  const sick = async (world: World) => {
    const { state, definition } = mendable(world)
    const id = randomUUID()
    await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    await world.command(id, world.spaceId, { type: 'Count', by: 2, note: 'sick' })
    await world.command(id, world.spaceId, { type: 'Count', by: 4 })
    const run = () => world.run({}, definition)
    const one = run()
    await caughtUp(world, one)
    // The stream is shared with the other rules and their poison.
    const waiting = async () => (await one.parked()).filter(({ subject }) => subject.includes(world.spaceId))
    const [parked] = await waiting()
    const sum = async (of = one) => (await of.reader.find({ where: { counterId: id } }))[0]?.sum
    return { state, id, run, one, parked: parked!, waiting, sum }
  }

  it('a parked aggregate is repeated as a whole while the projection runs', async () => {
    const world = open()
    const { state, id, one, parked, waiting, sum } = await sick(world)
    expect(parked).toMatchObject({ projection: world.definition.name, messages: 2, isAsked: false })
    expect(parked.subject).toContain(id)
    expect(await sum()).toBe(1)
    state.isBroken = false
    expect(await one.retry(parked.id)).toBe('healed')
    expect([await sum(), await waiting()]).toEqual([7, []])
    await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    await caughtUp(world, one)
    expect(await sum()).toBe(8)
    expect(await one.retry(parked.id)).toBe('not parked')
  }, 30_000)

  it('one that is sick still stays parked, with what is wrong now and nothing of it applied', async () => {
    const world = open()
    const { state, one, parked, waiting, sum } = await sick(world)
    expect(parked.reason).toMatch(/^Error at describe-builds\.\w+:\d+$/)
    world.sealer.breaks = true
    expect(await one.retry(parked.id)).toBe('still parked')
    world.sealer.breaks = false
    expect(await sum()).toBe(1)
    expect(await waiting()).toMatchObject([{ id: parked.id, messages: 2, reason: expect.stringMatching(/SealBroken/) }])
    state.isBroken = false
    expect(await one.retry(parked.id)).toBe('healed')
    expect(await sum()).toBe(7)
  }, 30_000)

  it('a standby repeats it as well: the active one is fenced and counts nothing twice', async () => {
    const world = open()
    const { state, id, run, one, parked, waiting, sum } = await sick(world)
    const standby = run()
    state.isBroken = false
    expect(await standby.retry(parked.id)).toBe('healed')
    expect(await sum(standby)).toBe(7)
    for (let i = 0; i < 3; i++) await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    await caughtUp(world, one).catch(() => undefined)
    expect(await one.reader.caughtUpTo(await world.position(), longMs)).toBe(true)
    expect([await sum(), await waiting()]).toEqual([10, []])
  }, 60_000)

  it('it is repeated by whoever runs the projection when somebody asked who does not', async () => {
    const world = open()
    const { state, parked, waiting, sum } = await sick(world)
    const { builds } = world.another()
    state.isBroken = false
    expect(await builds.askRetry(parked.id)).toBe(true)
    await eventually(async () => expect([await sum(), await waiting()]).toEqual([7, []]), longMs)
    expect(await builds.askRetry(parked.id)).toBe(false)
  }, 30_000)

  it('what was erased meanwhile is passed over', async () => {
    const world = open()
    const { one, parked, waiting, sum } = await sick(world)
    world.sealer.erase(world.spaceId)
    expect(await one.retry(parked.id)).toBe('healed')
    expect([await sum(), await waiting()]).toEqual([1, []])
  }, 30_000)
}

/** Replaying is held until `go`. */
function held(log: EventLog) {
  const gate = Promise.withResolvers<void>()
  const slow: EventLog = {
    ...log,
    async *tail(...args) {
      await gate.promise
      yield* log.tail(...args)
    },
  }
  return { log: slow, go: gate.resolve }
}

const stateOf = (builds: readonly Build[]) => builds.map(({ version, build, state }) => `v${version}.${build} ${state}`)

/** Two builds beside each other, and the way from one to the next. */
export function describeBuilds(open: () => World): void {
  const counted = async (world: World, ...by: number[]) => {
    const id = randomUUID()
    for (const one of by) await world.command(id, world.spaceId, { type: 'Count', by: one })
    return id
  }
  const buildsOf = (world: World) => world.another().builds.list(world.definition.name)

  it('a new version replays beside the old, which is read until they stand at one sequence', async () => {
    const world = open()
    const id = await counted(world, 1, 2)
    const old = world.run()
    await caughtUp(world, old)
    await old.stop()
    await world.command(id, world.spaceId, { type: 'Count', by: 4 })
    const { log, go } = held(world.log)
    const { state, definition } = mendable(world)
    state.factor = 10
    const seen: unknown[] = []
    const onBuild = (...said: unknown[]) => seen.push(said)
    const next = world.run({ log, onBuild }, { ...definition, version: 2 })
    const sum = async () => (await next.reader.find({ where: { counterId: id } }))[0]?.sum
    expect(await sum()).toBe(3)
    expect(await next.status()).toMatchObject({ version: 1, state: 'standby' })
    expect(await next.reader.caughtUpTo(await world.position(), 50)).toBe(false)
    go()
    await caughtUp(world, next)
    expect(await sum()).toBe(70)
    expect(await next.status()).toMatchObject({ version: 2, state: 'active', lag: 0 })
    expect(seen).toMatchObject([['switched', { version: 2, build: 1 }, expect.anything()]])
    // Other rows of the stream may be there, too: the columns are the same, the sums are not.
    const comparison = { by: 'rows', equal: false, spacesThatDiffer: 0, against: { version: 1, build: 1 } }
    expect((await buildsOf(world))[0]).toMatchObject({ state: 'read', comparison })
  }, 30_000)

  it('where the old columns are not those of the new code, reads wait and never see half of it', async () => {
    const world = open()
    const id = await counted(world, 1, 2)
    const old = world.run()
    await caughtUp(world, old)
    await old.stop()
    const { log, go } = held(world.log)
    type Twice = { counterId: string; spaceId: string; twice: number }
    const twice = projection<CounterEvent, Twice>({
      name: world.definition.name,
      version: 2,
      context: 'connection',
      table: {
        name: 'twice',
        columns: { counterId: 'text', spaceId: 'text', twice: 'bigint' },
        key: ['counterId'],
        space: 'spaceId',
      },
      on: {
        Counted: ({ by }, { aggregateId, spaceId }) =>
          change({ counterId: aggregateId }, (row) => ({
            counterId: aggregateId,
            spaceId,
            twice: (row?.twice ?? 0) + 2 * by,
          })),
      },
    })
    const next = world.runAny({ log }, twice)
    let isAnswered = false
    const reading = next.reader.find({ where: { counterId: id } }).finally(() => (isAnswered = true))
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v2.1 building', 'v1.1 read']), longMs)
    expect(isAnswered).toBe(false)
    go()
    expect(await reading).toEqual([{ counterId: id, spaceId: world.spaceId, twice: 6 }])
    const [build] = await buildsOf(world)
    expect(build).toMatchObject({ state: 'read', comparison: { by: 'counts', equal: true, spacesThatDiffer: 0 } })
  }, 30_000)

  it('a rebuild of the same version under load is equal and takes over; no read is empty or goes back', async () => {
    const world = open()
    const id = await counted(world, 1)
    const [one, two] = [world.run(), world.run()]
    await caughtUp(world, one)
    let isWriting = true
    let written = 1
    const writing = (async () => {
      for (; isWriting; written++) {
        const { position } = await world.command(id, world.spaceId, { type: 'Count', by: 1 })
        expect(await two.reader.caughtUpTo(position!, longMs)).toBe(true)
        const [row] = await two.reader.find({ where: { counterId: id } })
        expect(row?.sum).toBeGreaterThanOrEqual(written + 1)
        // In memory nothing of this waits by itself.
        await new Promise(setImmediate)
      }
    })()
    expect(await world.another().builds.rebuild(world.definition.name)).toEqual({ version: 1, build: 2 })
    await eventually(
      async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.2 read', 'v1.1 retired']),
      longMs,
    ).finally(() => (isWriting = false))
    await writing
    expect((await buildsOf(world))[0]?.comparison).toMatchObject({ by: 'rows', equal: true, spacesThatDiffer: 0 })
    await world.command(id, world.spaceId, { type: 'Count', by: 1 })
    for (const each of [one, two]) {
      expect(await each.reader.caughtUpTo(await world.position(), longMs)).toBe(true)
      expect(await each.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: written + 1 }])
    }
    // The old one goes on following.
    const endSeq = (await world.log.info('connection')).lastSeq
    await eventually(async () => expect((await buildsOf(world))[1]?.checkpoint?.seq).toBe(endSeq), longMs)
  }, 60_000)

  it("a rebuild that differs is read only on an operator's word", async () => {
    const world = open()
    const id = await counted(world, 1, 2)
    const { state, definition } = mendable(world)
    const one = world.run({}, definition)
    await caughtUp(world, one)
    const sum = async () => (await one.reader.find({ where: { counterId: id } }))[0]?.sum
    const { builds } = world.another()
    const { name } = definition
    await expect(builds.decide(name, 'accept')).rejects.toThrow(NoSuchBuild)
    state.factor = 10
    await builds.rebuild(name)
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.2 differs', 'v1.1 read']), longMs)
    expect((await buildsOf(world))[0]?.comparison).toMatchObject({ by: 'rows', equal: false })
    expect(await sum()).toBe(3)
    await builds.decide(name, 'discard')
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.1 read']), longMs)
    expect(await sum()).toBe(3)

    await builds.rebuild(name)
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.2 differs', 'v1.1 read']), longMs)
    await builds.decide(name, 'accept')
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.2 read', 'v1.1 retired']), longMs)
    await eventually(async () => expect(await sum()).toBe(30), longMs)
  }, 60_000)

  it('killed while it hands over, readers have the old one, and the next process ends what was begun', async () => {
    const world = open()
    const id = await counted(world, 1, 2)
    const one = world.run()
    await caughtUp(world, one)
    await one.stop()
    const inner = world.another()
    let kills = 0
    const store: ProjectionStore = {
      ...inner,
      handOver: (shape, from, work) =>
        inner.handOver(shape, from, async (standing) => {
          await work({ ...standing, at: standing.at, switch: async () => undefined })
          kills++
          throw new Error('killed before its transaction ended')
        }),
    }
    await world.another().builds.rebuild(world.definition.name)
    const dying = world.run({ store })
    await eventually(() => expect(kills).toBeGreaterThan(0), longMs)
    expect(stateOf(await buildsOf(world))).toEqual(['v1.2 building', 'v1.1 read'])
    expect(await dying.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 3 }])
    await dying.stop()
    await world.command(id, world.spaceId, { type: 'Count', by: 4 })
    world.errors.length = 0
    const next = world.run()
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.2 read', 'v1.1 retired']), longMs)
    await caughtUp(world, next)
    expect(await next.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 7 }])
  }, 60_000)

  it('what is not read any more is dropped after its time, and its readers find the one that is', async () => {
    const world = open()
    const id = await counted(world, 5)
    const one = world.run({ keptMs: 0 })
    await caughtUp(world, one)
    const lazy = await world.another().reader(world.definition)
    await world.another().builds.rebuild(world.definition.name)
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v1.2 read']), longMs)
    await expect(lazy!.find({ where: {} })).rejects.toMatchObject({ name: 'BuildGone' })
    expect(await one.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 5 }])
  }, 30_000)

  it('code of an older version keeps what it reads as long as it runs, and then it is dropped', async () => {
    const world = open()
    const id = await counted(world, 5)
    const old = world.run({ keptMs: 0 })
    await caughtUp(world, old)
    const next = world.run({ keptMs: 0 }, { ...world.definition, version: 2 })
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v2.1 read', 'v1.1 retired']), longMs)
    await world.command(id, world.spaceId, { type: 'Count', by: 2 })
    for (const each of [old, next]) {
      await caughtUp(world, each)
      expect(await each.reader.find({ where: { counterId: id } })).toMatchObject([{ sum: 7 }])
    }
    await old.stop()
    // Whatever changes next has it looked at.
    await world.another().builds.rebuild(world.definition.name)
    await eventually(async () => expect(stateOf(await buildsOf(world))).toEqual(['v2.2 read']), longMs)
  }, 60_000)

  it('a projection that belongs to another log is healed by a rebuild', async () => {
    const world = open()
    const id = await counted(world, 5)
    const first = world.run()
    await caughtUp(world, first)
    await first.stop()
    const store = await world.another().open(world.definition, AbortSignal.timeout(10_000))
    const from = await store.checkpoint()
    const wrong = await store.rows([{ counterId: id }])
    const puts = wrong.map((row) => ({ ...row, sum: 99 }))
    await store.commit({ from, to: { ...from!, eventId: 'another' }, puts, drops: [], quarantined: [] })
    await store.close()
    const one = world.run()
    await eventually(async () => expect(await one.status()).toMatchObject({ state: 'stopped' }), longMs)
    expect(world.errors[0]).toBeInstanceOf(RebuildNeeded)
    await world.another().builds.rebuild(world.definition.name)
    const rows = () => one.reader.find({ where: { counterId: id } })
    await eventually(async () => expect(await rows()).toMatchObject([{ sum: 5 }]), longMs)
    expect(await one.status()).toMatchObject({ state: 'active', lag: 0 })
  }, 60_000)

  it('the operator sees all of it without running any', async () => {
    const world = open()
    const one = world.run()
    await counted(world, 1)
    await caughtUp(world, one)
    const store = world.another()
    const mine = async () =>
      (await projectionOverview({ store, log: world.log })).find(({ name }) => name === world.definition.name)
    expect(await mine()).toMatchObject({ builds: [{ version: 1, build: 1, state: 'read', lag: 0 }] })
    await one.stop()
    await counted(world, 1, 1)
    expect((await mine())?.builds[0]?.lag).toBe(2)
  }, 30_000)

  it('nothing of an unknown name can be built anew', async () => {
    await expect(open().another().builds.rebuild('nobody')).rejects.toThrow(NoSuchBuild)
  })
}
