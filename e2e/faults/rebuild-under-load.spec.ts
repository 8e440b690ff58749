import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { eventually } from '../src/eventually.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { expectRowsToBeTheFold, readRows } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('rebuild-under-load')
const tallies = ['a', 'b', 'c', 'd', 'e']

describe(`a rebuild under load, killed again and again (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('readers never see less than before; the new rows equal the old, and then they are read', async () => {
    const [broker, database] = await Promise.all([stage.broker(), stage.database()])
    const [log, crew, orm] = [await broker.openLog(), stage.crew(broker), await database.connect()]
    const { builds } = createPostgresProjectionStore(orm)
    const wire = await stage.wire(() => database.port)
    const project = () => crew.projector(database.urlAt(wire.port))
    let projector = project()
    await crew.writer({ name: 'one', tallies, commands: 400 }).says('done')
    await expectRowsToBeTheFold(orm, log, tallies)
    const writer = crew.writer({ name: 'two', tallies, width: 2, pauseMs: 2 })
    const watched = watch(async () => (await readRows(orm)).reduce((sum, { events }) => sum + events, 0))

    const { build } = await builds.rebuild('tallies')
    for (let round = 1; round <= 3; round++) {
      const moment = chance.one([/insert into "tallies_v1_r2"/, /update eventing\.checkpoints/, /\bcommit\b/])
      await wire.when(moment, chance.between(1, 6), () => projector.kill())
      projector = project()
    }
    const next = await eventually(async () => {
      const all = await builds.list('tallies')
      return all.find((one) => one.build === build && one.state === 'read')
    }, 60_000)
    expect(next.comparison).toMatchObject({ by: 'rows', equal: true, rowsAfter: tallies.length })
    await writer.stop()
    await expectRowsToBeTheFold(orm, log, tallies)
    const seen = await watched.stop()
    expect(seen[0]).toBeGreaterThanOrEqual(400)
    expect(seen.length).toBeGreaterThan(10)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
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
