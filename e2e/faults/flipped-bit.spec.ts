import {
  addressOf,
  createCommandHandler,
  type EventLog,
  LogBroken,
  readHistory,
  systemClock,
  systemIds,
  verifyLog,
} from '@pf/eventing'
import { openSealer } from '@pf/eventing/testing'
import { spaceId, tally, tallyEvents } from './programs/tally.ts'
import { flipBit } from './staging/blocks.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('flipped-bit')
const tallies = ['a', 'b', 'c']
const sealer = openSealer()

describe(`one bit flipped in a block of nats-server (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('is found wherever it is; the gap names the aggregate, and the others go on', async () => {
    const broker = await stage.broker()
    const [log, crew] = [await broker.openLog(), stage.crew(broker)]
    await crew.writer({ name: 'one', tallies, commands: 90 }).says('done')
    const struck = chance.one(tallies)
    const at = { spaceId, aggregateId: struck }
    const history = await readHistory(tallyEvents, at, { log, sealer })
    const { seq } = chance.one(history.slice(0, -1))
    await broker.kill('SIGTERM')
    flipBit(broker.store, seq, chance.fraction())
    await broker.start()

    const subject = `evt.connection.tally.${spaceId}.${struck}`
    await expect(readHistory(tallyEvents, at, { log, sealer })).rejects.toThrow(LogBroken)
    const handler = createCommandHandler(tally, { log, sealer, clock: systemClock, ids: systemIds })
    const command = { by: 1, padding: '' }
    await expect(handler.handle(at, command, { commandId: 'next' })).rejects.toThrow(subject)
    for (const aggregateId of tallies.filter((name) => name !== struck)) {
      await handler.handle({ spaceId, aggregateId }, command, { commandId: 'next' })
    }
    expect(await faultsOf(log)).toEqual([`missing ${seq}`, `version ${subject}`])
  }, 60_000)

  it('is found also in the last message of an aggregate, behind which no version is missing', async () => {
    const broker = await stage.broker()
    const [log, crew] = [await broker.openLog(), stage.crew(broker)]
    await crew.writer({ name: 'one', tallies, commands: 30 }).says('done')
    const { lastSeq } = await log.info('connection')
    const struck = addressOf((await log.read('connection', lastSeq))?.subject ?? '')
    await broker.kill('SIGTERM')
    flipBit(broker.store, lastSeq, chance.fraction())
    await broker.start()
    expect(await faultsOf(log)).toEqual([`missing ${lastSeq}`])
    await expect(readHistory(tallyEvents, struck, { log, sealer })).rejects.toThrow(LogBroken)
  }, 60_000)
})

/** What `npm run log -- verify` finds. */
async function faultsOf(log: EventLog): Promise<string[]> {
  const faults: string[] = []
  await verifyLog(log, sealer, {
    context: 'connection',
    declarations: [tallyEvents],
    onFault: ({ kind, seq, subject }) => faults.push(`${kind} ${subject ?? seq}`),
  })
  return faults
}
