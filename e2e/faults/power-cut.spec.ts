import { execFileSync } from 'node:child_process'
import { eventually } from '../src/eventually.ts'
import type { Broker } from './staging/broker.ts'
import { chanceOf, orOnlyFirst, seed } from './staging/chance.ts'
import { describeWhereMountable, LoopDisk } from './staging/disk.ts'
import { ackedBy, commandsIn, expectEveryCommandOnce } from './staging/ledger.ts'
import { checkpointOf, expectRowsToBeTheFold } from './staging/read-model.ts'
import { openStage, type Stage } from './staging/stage.ts'

const chance = chanceOf('power-cut')
const tallies = ['a', 'b', 'c']
const megabyte = 1024 * 1024

describeWhereMountable(`the power of the log's disk is cut (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  /** The broker comes back on what its disk held in that moment. What was acknowledged until then is what `before` sees. */
  async function cutPower(stage: Stage, broker: Broker, disk: LoopDisk, before: () => void): Promise<void> {
    await broker.freeze()
    before()
    const found = stage.keep(disk.cutPower())
    await broker.kill()
    await broker.start({ store: found.at('store') })
  }

  it('nothing acknowledged is lost where every message is forced out, and everybody goes on', async () => {
    const disk = stage.keep(LoopDisk.empty(64 * megabyte))
    const [broker, database] = await Promise.all([stage.broker({ store: disk.at('store') }), stage.database()])
    const [log, crew, orm] = [await broker.openLog(), stage.crew(broker), await database.connect()]
    const projector = crew.projector(database.url)
    const writer = crew.writer({ name: 'one', tallies })
    await writer.says('acked', chance.between(100, 500))
    let acked: string[] = []
    await cutPower(stage, broker, disk, () => {
      acked = ackedBy(writer)
    })
    await expectEveryCommandOnce(log, tallies, acked)
    const before = ackedBy(writer).length
    await eventually(() => ackedBy(writer).length > before + 50, 60_000)
    await writer.stop()
    await expectEveryCommandOnce(log, tallies, ackedBy(writer))
    await expectRowsToBeTheFold(orm, log, tallies)
    expect(projector.all('error').filter(({ name }) => name === 'RebuildNeeded')).toEqual([])
  }, 180_000)

  it.each(orOnlyFirst(chance.shuffled(['its end', 'most or all of it'])))(
    'where the disk may lag behind, what is lost of the log (%s) is never silent: the projection stops and asks for a rebuild',
    async (lost) => {
      const disk = stage.keep(LoopDisk.empty(64 * megabyte))
      const store = disk.at('store')
      const [broker, database] = await Promise.all([stage.broker({ store, syncInterval: '2m' }), stage.database()])
      const [log, crew, orm] = [await broker.openLog(), stage.crew(broker), await database.connect()]
      const projector = crew.projector(database.url)
      if (lost === 'its end') {
        await crew.writer({ name: 'kept', tallies, commands: chance.between(50, 150) }).says('done')
        // The disk has these; of what comes after them it has what the kernel happened to write.
        execFileSync('sync', ['-f', store])
      }
      const writer = crew.writer({ name: 'one', tallies, commands: chance.between(200, 600) })
      await writer.says('done')
      const { lastSeq } = await log.info('connection')
      await eventually(async () => (await checkpointOf(orm)) === lastSeq, 60_000)
      await cutPower(stage, broker, disk, () => undefined)
      const another = await broker.openLog()
      expect((await another.info('connection')).lastSeq).toBeLessThan(lastSeq)
      // What comes next takes the sequences of what is lost.
      const next = crew.writer({ name: 'two', tallies, commands: lastSeq + 10 })
      await next.says('done')
      await projector.meets('RebuildNeeded')
      crew.projector(database.url, { version: 2 })
      await expectRowsToBeTheFold(orm, another, tallies)
      expect([...(await commandsIn(another, tallies)).keys()].filter((id) => id.startsWith('two'))).toHaveLength(
        lastSeq + 10,
      )
    },
    180_000,
  )
})
