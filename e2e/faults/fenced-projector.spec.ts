import { eventually } from '../src/eventually.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { checkpointOf, expectRowsToBeTheFold } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'
import { checkpointMove } from './staging/statements.ts'

const chance = chanceOf('fenced-projector')
const tallies = ['a', 'b', 'c', 'd', 'e']

describe(`SIGSTOP of the projector past its lock (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('it is fenced when it wakes, and nothing is counted twice', async () => {
    const [broker, database] = await Promise.all([stage.broker(), stage.database()])
    const [log, crew] = [await broker.openLog(), stage.crew(broker)]
    const [orm, wire] = [await database.connect(), await stage.wire(() => database.port)]
    const sleeper = crew.projector(database.urlAt(wire.port))
    await sleeper.says('active')
    const writer = crew.writer({ name: 'one', tallies, width: 2, pauseMs: 2 })
    const other = crew.projector(database.url)
    await other.says('started')
    // It has folded its batch and is about to move the checkpoint, when it falls asleep and its lock passes on.
    await wire.when(checkpointMove, chance.between(2, 30), async () => {
      await sleeper.freeze()
      const before = await checkpointOf(orm)
      await orm.em
        .fork()
        .execute(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted`)
      await other.says('active')
      await eventually(async () => (await checkpointOf(orm)) > before)
    })
    sleeper.thaw()
    await sleeper.meets('Fenced')
    await writer.stop()
    await expectRowsToBeTheFold(orm, log, tallies)
  }, 180_000)
})
