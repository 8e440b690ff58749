import { eventually } from '../src/eventually.ts'
import { copyStore, cutTail, restoreStore } from './staging/blocks.ts'
import type { Broker } from './staging/broker.ts'
import { chanceOf, orOnlyFirst, seed } from './staging/chance.ts'
import { checkpointOf, expectRowsToBeTheFold } from './staging/read-model.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('truncated-log')
const tallies = ['a', 'b', 'c']

/** How a log comes to be shorter than it was: `early` when its copy is made, `late` when it is struck. */
const ways: Record<string, { early(broker: Broker): void; late(broker: Broker): void }> = {
  'is restored from a copy of before': {
    early: ({ store }) => copyStore(store, `${store}.copy`),
    late: ({ store }) => restoreStore(`${store}.copy`, store),
  },
  'has lost the end of its file': {
    early: () => undefined,
    late: ({ store }) => cutTail(store, chance.between(1_500, 15_000)),
  },
}

describe.each(orOnlyFirst(chance.shuffled(Object.entries(ways))))(
  `a log that %s (PF_FAULT_SEED=${seed})`,
  (_, { early, late }) => {
    const stage = openStage()
    const goesOnMeanwhile = chance.one([true, false])

    it(`reuses sequences, and the projection that ${goesOnMeanwhile ? 'runs on' : 'starts again'} finds out`, async () => {
      const [broker, database] = await Promise.all([stage.broker(), stage.database()])
      const [log, crew, orm] = [await broker.openLog(), stage.crew(broker), await database.connect()]
      const projector = crew.projector(database.url)
      await crew.writer({ name: 'one', tallies, commands: chance.between(50, 150) }).says('done')
      // It has to run before the broker goes: its first connection is not tried twice.
      await eventually(async () => Number(await checkpointOf(orm)) > 0)
      await broker.kill('SIGTERM')
      early(broker)
      await broker.start()
      await crew.writer({ name: 'two', tallies, commands: chance.between(20, 80) }).says('done')
      const { lastSeq } = await log.info('connection')
      await eventually(async () => {
        const at = await checkpointOf(orm)
        if (at === lastSeq) return true
        throw new Error(`The projector is at ${at} of ${lastSeq}; it said ${JSON.stringify(projector.said.slice(-4))}.`)
      }, 60_000)
      if (!goesOnMeanwhile) await projector.stop()

      await broker.kill('SIGTERM')
      late(broker)
      await broker.start()
      expect((await log.info('connection')).lastSeq).toBeLessThan(lastSeq)
      await crew.writer({ name: 'three', tallies, commands: 100 }).says('done')
      expect((await log.info('connection')).lastSeq).toBeGreaterThan(lastSeq)
      const reader = goesOnMeanwhile ? projector : crew.projector(database.url)
      await reader.meets('RebuildNeeded')

      crew.projector(database.url, { version: 2 })
      await expectRowsToBeTheFold(orm, log, tallies)
    }, 180_000)
  },
)
