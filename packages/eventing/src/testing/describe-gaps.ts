import { randomUUID } from 'node:crypto'
import type { EventLog } from '../ports.ts'
import { LogGap } from '../projection-store.ts'
import { eventually } from './eventually.ts'
import { caughtUp, type World } from './projection-world.ts'

/** What a projection makes of sequences that hold nothing. */
export function describeGaps(open: () => World): void {
  /** Three messages of one aggregate, and their sequences. */
  const three = async (world: World) => {
    const counterId = randomUUID()
    const { lastSeq } = await world.log.info('connection')
    await world.command(counterId, world.spaceId, { type: 'Count', by: 1, times: 1 })
    await world.command(counterId, world.spaceId, { type: 'Count', by: 10, times: 1 })
    await world.command(counterId, world.spaceId, { type: 'Count', by: 100, times: 1 })
    return { counterId, second: lastSeq + 2 }
  }
  /** The ledger of a log from which others of these rules may have purged what they liked, but for this one message. */
  const allBut = (seq: number) => async (_: string, from: number, upTo: number) => seq < from || upTo < seq
  const sumOf = async (one: ReturnType<World['run']>, counterId: string) =>
    (await one.reader.find({ where: { counterId } }))[0]?.sum

  it('a message that is not in the log, and that no erasure explains, stops it before the next one', async () => {
    const world = open()
    const { counterId, second } = await three(world)
    const one = world.run({ log: without(world.log, second), erased: allBut(second) })
    await eventually(async () => {
      expect(await one.lag().catch((error: unknown) => error)).toBeInstanceOf(LogGap)
    })
    expect(await one.status()).toMatchObject({
      state: 'stopped',
      reason: expect.stringContaining(`message ${second} is`),
    })
    expect(world.errors).toMatchObject([
      { name: 'LogGap', message: expect.stringContaining('log -- verify connection') },
    ])
    await one.stop()
    world.errors.splice(0)
    // Found again, or restored, it is nothing that a start does not mend.
    const again = world.run({ erased: allBut(second) })
    await caughtUp(world, again)
    expect(await sumOf(again, counterId)).toBe(111)
  }, 30_000)

  it('a gap that the ledger explains is passed over', async () => {
    const world = open()
    const { counterId, second } = await three(world)
    const one = world.run({ log: without(world.log, second), erased: async () => true })
    await caughtUp(world, one)
    expect(await sumOf(one, counterId)).toBe(101)
  }, 30_000)

  it('what the log has and did not send is read again', async () => {
    const world = open()
    const { counterId, second } = await three(world)
    let isSent = false
    const { log } = world
    const forgetful: EventLog = {
      ...log,
      async *tail(...args) {
        for await (const message of log.tail(...args)) {
          if (message.seq !== second || isSent) yield message
          else isSent = true
        }
      },
    }
    const one = world.run({ log: forgetful, erased: allBut(second) })
    expect(await one.reader.caughtUpTo(await world.position(), 15_000)).toBe(true)
    expect(await sumOf(one, counterId)).toBe(111)
    expect(world.errors).toMatchObject([
      { message: expect.stringContaining(`Message ${second} of connection did not`) },
    ])
  }, 30_000)
}

/** As a broker has it that found the message's bytes damaged: it is nowhere. */
const without = (log: EventLog, seq: number): EventLog => ({
  ...log,
  async *tail(...args) {
    for await (const message of log.tail(...args)) if (message.seq !== seq) yield message
  },
  read: async (context, at) => (at === seq ? undefined : log.read(context, at)),
  async next(context, afterSeq) {
    const next = await log.next(context, afterSeq)
    return next?.seq === seq ? log.next(context, seq) : next
  },
})
