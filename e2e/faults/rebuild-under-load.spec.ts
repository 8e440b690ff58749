import { eventually } from '../src/eventually.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { checkpointOf, expectRowsToBeTheFold, rowsOf } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'
import { batchMoments } from './staging/statements.ts'

const chance = chanceOf('rebuild-under-load')
const tallies = ['a', 'b', 'c', 'd', 'e']

describe(`a rebuild under load, killed again and again (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('readers never see less than before, and the new rows equal the old', async () => {
    const [broker, database] = await Promise.all([stage.broker(), stage.database()])
    const [log, crew, orm] = [await broker.openLog(), stage.crew(broker), await database.connect()]
    crew.projector(database.url)
    await crew.writer({ name: 'one', tallies, commands: 300 }).says('done')
    await eventually(async () => (await rowsOf(orm)).length === tallies.length, 60_000)
    const writer = crew.writer({ name: 'two', tallies, width: 2, pauseMs: 2 })
    const watched = watch(async () => (await rowsOf(orm)).reduce((sum, { events }) => sum + events, 0))

    const wire = await stage.wire(() => database.port)
    const rebuild = () => crew.projector(database.urlAt(wire.port), { version: 2 })
    let building = rebuild()
    for (let round = 1; round <= 3; round++) {
      const moment = chance.one(batchMoments)
      await wire.when(moment, chance.between(1, 15), () => building.kill())
      building = rebuild()
    }
    await eventually(async () => (await checkpointOf(orm, 2)) >= (await checkpointOf(orm)), 60_000)
    await writer.stop()
    await expectRowsToBeTheFold(orm, log, tallies)
    await expectRowsToBeTheFold(orm, log, tallies, 2)
    const seen = await watched.stop()
    expect(seen.length).toBeGreaterThan(10)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen[0]).toBeGreaterThanOrEqual(300)
  }, 180_000)
})

/** Reads again and again, as somebody at the screen, until it is stopped; answers all that was read. */
function watch(read: () => Promise<number>): { stop(): Promise<number[]> } {
  const seen: number[] = []
  let isOver = false
  const reading = (async () => {
    while (!isOver) seen.push(await read())
  })()
  return {
    async stop() {
      isOver = true
      await reading
      return seen
    },
  }
}
