import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { eventually } from '../src/eventually.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { foldOf } from './staging/ledger.ts'
import { checkpointOf, expectRowsToBeTheFold, readRows } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('poison-event')
const tallies = ['a', 'b', 'c', 'd']

describe(`an event of a version that this release does not know (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('its aggregate alone is parked, the others go on, and is healed where the release that knows it repeats it', async () => {
    const [broker, database] = await Promise.all([stage.broker(), stage.database()])
    const [log, crew, orm] = [await broker.openLog(), stage.crew(broker), await database.connect()]
    const sick = chance.one(tallies)
    const well = tallies.filter((name) => name !== sick)
    await crew.writer({ name: 'before', tallies, commands: chance.between(30, 90) }).says('done')
    const projector = crew.projector(database.url)
    await crew.writer({ name: 'later', tallies: [sick], commands: 3, later: true }).says('done')
    await crew.writer({ name: 'after', tallies: well, commands: chance.between(30, 90) }).says('done')
    const { lastSeq } = await log.info('connection')
    await eventually(async () => (await checkpointOf(orm)) === lastSeq, 60_000)
    expect(projector.all('error').map(({ name, subject }) => ({ name, subject }))).toEqual([
      { name: 'EventInvalid', subject: `evt.connection.tally.space.${sick}` },
    ])
    const rows = await readRows(orm)
    expect(rows.filter(({ tallyId }) => tallyId !== sick)).toEqual(await foldOf(log, well))

    await projector.stop()
    crew.projector(database.url, { later: true })
    const { builds } = createPostgresProjectionStore(orm)
    const [parked, ...others] = await builds.parked('tallies')
    expect(others).toEqual([])
    expect(await builds.askRetry(parked?.id ?? '')).toBe(true)
    await eventually(async () => (await builds.parked('tallies')).length === 0, 60_000)
    await expectRowsToBeTheFold(orm, log, tallies)
  }, 180_000)
})
