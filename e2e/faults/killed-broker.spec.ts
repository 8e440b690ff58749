import type { LogSettings } from './staging/broker.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { ackedBy, expectEveryCommandOnce } from './staging/ledger.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('killed-broker')
const tallies = ['a', 'b', 'c']
const settings: LogSettings = { duplicateWindowMs: chance.one([1_000, 120_000]), attemptMs: 500, retryForMs: 10_000 }

describe(`kill -9 of nats-server during appends (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('every acknowledged command stands in the log once', async () => {
    const broker = await stage.broker()
    const log = await broker.openLog(settings)
    const crew = stage.crew(broker, settings)
    const writers = ['one', 'two'].map((name) => crew.writer({ name, tallies, commands: 400 }))
    for (let round = 1; round <= 3; round++) {
      const [first] = writers
      await first?.says('acked', first.all('acked').length + chance.between(20, 90))
      await broker.kill()
      await broker.start()
    }
    for (const writer of writers) await writer.says('done')
    const acked = ackedBy(...writers)
    expect(acked).toHaveLength(800)
    await expectEveryCommandOnce(log, tallies, acked)
  }, 120_000)
})
