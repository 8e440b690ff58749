import { subjectOf } from './address.ts'
import type { CommandHandlerParts } from './aggregate.ts'
import { createCommandHandler } from './command-handler.ts'
import { createMemoryLog } from './memory/index.ts'
import { type EventLog, KeyMissing, LogUnavailable, type RawMessage, type StoredSnapshot } from './ports.ts'
import { SnapshotUnfit } from './snapshot.ts'
import { systemIds } from './system.ts'
import { counter } from './testing/counter.ts'
import { openSealer } from './testing/sealer.ts'

const clock = { now: () => new Date('2026-01-01T00:00:00Z') }
const at = { spaceId: 'space-1', aggregateId: 'counter-1' }
const subject = subjectOf({ ...counter, ...at })
const snapshotted = { ...counter, snapshot: { shape: 1 } }

function house({ log = createMemoryLog({ clock }), sealer = openSealer() } = {}) {
  const troubles: unknown[] = []
  const read: RawMessage[] = []
  const watched: EventLog = {
    ...log,
    async load(...args) {
      const messages = await log.load(...args)
      read.push(...messages)
      return messages
    },
  }
  const open = (definition = snapshotted, parts: Partial<CommandHandlerParts> = {}) =>
    createCommandHandler(definition, {
      log: watched,
      sealer,
      clock,
      ids: systemIds,
      onSnapshotTrouble: (error) => troubles.push(error),
      ...parts,
    })
  return {
    log,
    sealer,
    troubles,
    open,
    /** Commands `c-1` to `c-<count>`, each counting one up. */
    async counted(count: number, handler = open()) {
      for (let i = 1; i <= count; i++) await handler.handle(at, { type: 'Count', by: 1 }, { commandId: `c-${i}` })
    },
    /** What a handler that has just started comes to, how many messages it read for it, and what troubled it. */
    async loaded(definition = snapshotted) {
      read.length = 0
      troubles.length = 0
      const { state, version } = await open(definition).load(at)
      return { sum: state.sum, version, read: read.length, troubles: troubles.length }
    },
  }
}

const kept = async (log: EventLog): Promise<StoredSnapshot> => {
  const found = await log.snapshots.find(subject)
  if (!found) throw new Error('There is no snapshot.')
  return found
}

describe('a snapshot', () => {
  it('is kept after every fiftieth message, in place of the one before', async () => {
    const { log, counted, loaded } = house()
    await counted(49)
    expect(await log.snapshots.find(subject)).toBeUndefined()
    await counted(50)
    const first = await kept(log)
    await counted(99)
    expect(await kept(log)).toEqual(first)
    await counted(100)
    expect(await kept(log)).not.toEqual(first)
    expect(await loaded()).toMatchObject({ sum: 100, read: 1 })
  })

  it('spares reading what it holds: one message shows that it fits, then come those after it', async () => {
    const { counted, loaded } = house()
    await counted(60)
    expect(await loaded()).toEqual({ sum: 60, version: 60, read: 11, troubles: 0 })
    expect(await loaded(counter as typeof snapshotted)).toEqual({ sum: 60, version: 60, read: 60, troubles: 0 })
  })

  it('is made too of what was appended before there were any', async () => {
    const { log, counted, loaded, open } = house()
    await counted(70, open(counter as typeof snapshotted))
    expect(await log.snapshots.find(subject)).toBeUndefined()
    expect(await loaded()).toMatchObject({ read: 70 })
    expect(await loaded()).toMatchObject({ sum: 70, read: 1 })
  })

  it('knows every command that was handled before it', async () => {
    const { log, counted, open } = house()
    await counted(60)
    for (const commandId of ['c-1', 'c-50', 'c-60']) {
      const { events, state } = await open().handle(at, { type: 'Count', by: 7 }, { commandId })
      expect(events).toEqual([{ type: 'Counted', data: { by: 1 } }])
      expect(state.sum).toBe(60)
    }
    expect(await log.load(subject)).toHaveLength(60)
  })

  it('is sealed', async () => {
    const { log, counted } = house()
    await counted(50)
    const { keyId, body } = await kept(log)
    expect(keyId).toBe('key-of-space-1')
    expect(Buffer.from(body).includes('sum')).toBe(false)
  })

  it('is not kept of a state that is larger than an event may be', async () => {
    const { log, counted, open, troubles } = house()
    const hoarding = {
      ...snapshotted,
      decider: {
        ...counter.decider,
        initial: { ...counter.decider.initial, hoard: 'x'.repeat(600_000) },
      },
    }
    await counted(60, open(hoarding))
    expect(await log.snapshots.find(subject)).toBeUndefined()
    expect(troubles).toEqual([])
  })
})

describe('a snapshot that does not fit is passed over, and the log is read:', () => {
  const whole = { sum: 60, version: 60, read: 60 }

  it('one of another shape, which is replaced then', async () => {
    const { log, counted, loaded } = house()
    await counted(60)
    const reshaped = { ...snapshotted, snapshot: { shape: 2 } }
    expect(await loaded(reshaped)).toEqual({ ...whole, troubles: 0 })
    expect(await kept(log)).toMatchObject({ shape: 2 })
    expect(await loaded(reshaped)).toMatchObject({ sum: 60, read: 1 })
  })

  it('one whose bytes were changed', async () => {
    const { log, counted, loaded, troubles } = house()
    await counted(60)
    const found = await kept(log)
    await log.snapshots.keep(subject, { ...found, body: found.body.map((b) => b ^ 1) })
    expect(await loaded()).toEqual({ ...whole, troubles: 1 })
    expect(troubles).toEqual([expect.any(SnapshotUnfit)])
  })

  it('one of another aggregate, or passed off as of another shape', async () => {
    const { log, counted, loaded, open } = house()
    await counted(60)
    const other = open()
    for (let i = 1; i <= 50; i++) {
      await other.handle({ ...at, aggregateId: 'other' }, { type: 'Count', by: 9 }, { commandId: `c-${i}` })
    }
    const moved = await log.snapshots.find(subjectOf({ ...counter, ...at, aggregateId: 'other' }))
    await log.snapshots.keep(subject, moved!)
    expect(await loaded()).toEqual({ ...whole, troubles: 1 })
    const found = await kept(log)
    await log.snapshots.keep(subject, { ...found, shape: 2 })
    expect(await loaded({ ...snapshotted, snapshot: { shape: 2 } })).toMatchObject({ sum: 60, troubles: 1 })
  })

  it('one that is ahead of the log, which was restored from before it', async () => {
    const { log, counted } = house()
    await counted(60)
    const restored = house({ log: { ...createMemoryLog({ clock }), snapshots: log.snapshots } })
    await restored.counted(30)
    expect(await restored.loaded()).toEqual({ sum: 30, version: 30, read: 30, troubles: 1 })
  })

  it('one of a log that went another way since it was restored', async () => {
    const { log, counted } = house()
    await counted(60)
    const restored = house({ log: { ...createMemoryLog({ clock }), snapshots: log.snapshots } })
    const handler = restored.open(counter as typeof snapshotted)
    for (let i = 1; i <= 60; i++) await handler.handle(at, { type: 'Count', by: 2 }, { commandId: `c-${i}` })
    // What was read to see whether it fits, and then all of it.
    expect(await restored.loaded()).toEqual({ sum: 120, version: 60, read: 11 + 60, troubles: 1 })
  })

  it('one that the message under it was changed beneath, which the log says of itself', async () => {
    const { log, counted } = house()
    await counted(60)
    const rotten: EventLog = {
      ...log,
      load: async (...args) =>
        (await log.load(...args)).map((m) => (m.seq === 50 ? { ...m, body: m.body.map((b) => b ^ 1) } : m)),
    }
    await expect(house({ log: rotten }).loaded()).rejects.toThrow(/broken at sequence 50/)
  })
})

describe('without its snapshots', () => {
  it('a command goes on: where they cannot be read, and where they cannot be kept', async () => {
    const log = createMemoryLog({ clock })
    const away = () => Promise.reject(new LogUnavailable())
    const { counted, loaded, troubles } = house({
      log: { ...log, snapshots: { ...log.snapshots, find: away, keep: away } },
    })
    await counted(110)
    // Asked for once, then kept in vain twice: not with every message.
    expect(troubles).toHaveLength(3)
    expect(await loaded()).toMatchObject({ sum: 110, version: 110, read: 110 })
  })

  it('an aggregate of an erased space stays as unreadable as its log', async () => {
    const { counted, loaded, sealer } = house()
    await counted(60)
    sealer.erase('space-1')
    await expect(loaded()).rejects.toThrow(KeyMissing)
  })
})
