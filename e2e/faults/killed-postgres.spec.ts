import { chanceOf, seed } from './staging/chance.ts'
import { expectRowsToBeTheFold } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'
import { batchMoments } from './staging/statements.ts'

const chance = chanceOf('killed-postgres')
const tallies = ['a', 'b', 'c', 'd', 'e']

describe(`kill -9 of PostgreSQL in the middle of a batch (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('checkpoint and rows move together, and the projector comes back by itself', async () => {
    const [broker, database] = await Promise.all([stage.broker(), stage.database()])
    const [log, crew] = [await broker.openLog(), stage.crew(broker)]
    const wire = await stage.wire(() => database.port)
    const projector = crew.projector(database.urlAt(wire.port))
    await projector.says('active')
    const writer = crew.writer({ name: 'one', tallies, width: 2, pauseMs: 2 })
    for (let round = 1; round <= 3; round++) {
      await wire.when(chance.one(batchMoments), chance.between(2, 20), () => database.kill())
      await database.start()
      await projector.says('active', round + 1)
    }
    await writer.stop()
    const orm = await database.connect()
    await expectRowsToBeTheFold(orm, log, tallies)
  }, 180_000)
})
