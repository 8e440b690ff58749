import type { LogSettings } from './staging/broker.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { ackedBy, expectEveryCommandOnce } from './staging/ledger.ts'
import { openStage } from './staging/stage.ts'
import { wait } from './staging/time.ts'

const chance = chanceOf('frozen-broker')
const tallies = ['a', 'b', 'c', 'd']
/** Appends give up before the broker is thawed; where the window is shorter than the frost, message ids do not help. */
const settings: LogSettings = { duplicateWindowMs: chance.one([1_000, 120_000]), attemptMs: 300, retryForMs: 1_000 }

describe(`SIGSTOP of nats-server for seconds (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('unknown outcomes resolve to exactly one event each', async () => {
    const broker = await stage.broker()
    const log = await broker.openLog(settings)
    const crew = stage.crew(broker, settings)
    const writers = ['one', 'two'].map((name) => crew.writer({ name, tallies, commands: 400, pauseMs: 40 }))
    for (const writer of writers) await writer.says('acked', chance.between(20, 120))
    await broker.freeze()
    await wait(chance.between(2_500, 5_000))
    // However long giving up and looking takes: the frost lasts until both have heard nothing.
    for (const writer of writers) await writer.says('unknown')
    broker.thaw()
    for (const writer of writers) await writer.says('done')
    const acked = ackedBy(...writers)
    expect(acked).toHaveLength(800)
    await expectEveryCommandOnce(log, tallies, acked)
  }, 120_000)
})
