import { chanceOf, seed } from './staging/chance.ts'
import { expectRowsToBeTheFold } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'
import { batchMoments } from './staging/statements.ts'

const chance = chanceOf('killed-projector')
const tallies = ['a', 'b', 'c', 'd', 'e']

describe(`kill -9 of the active projector, with another that stands by (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('rows are the fold of the log, wherever in a batch it died', async () => {
    const [broker, database] = await Promise.all([stage.broker(), stage.database()])
    const [log, crew] = [await broker.openLog(), stage.crew(broker)]
    const orm = await database.connect()
    // Each reaches the database over a wire of its own, so that a moment of its own work can be chosen.
    const project = async () => {
      const wire = await stage.wire(() => database.port)
      return { program: crew.projector(database.urlAt(wire.port)), wire }
    }
    let active = await project()
    await active.program.says('active')
    let standby = await project()
    const writer = crew.writer({ name: 'one', tallies, width: 2, pauseMs: 2 })
    for (let round = 1; round <= 3; round++) {
      const { program, wire } = active
      await wire.when(chance.one(batchMoments), chance.between(2, 20), () => program.kill())
      await standby.program.says('active')
      active = standby
      standby = await project()
    }
    await writer.stop()
    await expectRowsToBeTheFold(orm, log, tallies)
  }, 180_000)
})
