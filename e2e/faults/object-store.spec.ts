import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../src/eventually.ts'
import { root } from '../src/system.ts'
import { chanceOf, isLong, orOnlyFirst, seed } from './staging/chance.ts'
import { describeWhereMountable, SmallDisk } from './staging/disk.ts'
import { Household } from './staging/household.ts'
import { openStage } from './staging/stage.ts'
import { wait } from './staging/time.ts'

const chance = chanceOf('object-store')
const seconds = isLong ? 30 : 6

describeWhereMountable(`an object store that fails (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()
  let disk: SmallDisk
  let household: Household
  beforeAll(async () => {
    disk = stage.keep(new SmallDisk(256 * 1024 * 1024))
    household = stage.keep(await Household.start({ OBJECT_STORE_URL: `file://${disk.folder}/objects` }))
  }, 240_000)

  const objects = () =>
    readdirSync(join(disk.folder, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    ).length

  it('where nothing can be written the day ends later, and is whole', async () => {
    const run = await household.newDay(chance.between(50, 200))
    await household.asked(chance.between(1, 4))
    disk.fill()
    const before = objects()
    await wait(seconds * 1000)
    expect(objects()).toBe(before)
    disk.giveRoomBack()
    await household.sam.settled({ run_id: run }, 120_000)
    await household.expectTruthOf(await household.newDay())
  }, 300_000)

  it.each(orOnlyFirst(chance.shuffled(['extraction', 'storage'])))(
    '%s is killed between its upload and its event: the upload is taken up or left over, the rows are right',
    async (victim) => {
      const before = objects()
      const nth = chance.between(1, 6)
      const run = await household.newDay(chance.between(50, 200))
      await eventually(() => objects() >= before + nth, 60_000)
      await household.kill(victim)
      await household.isReady()
      await household.expectTruthOf(run)
    },
    240_000,
  )

  it('every event has its object, of the hash that it says: the lake is made again from them', async () => {
    const env = {
      ...process.env,
      PF_DATA_DIR: household.system.dataDir,
      OBJECT_STORE_URL: `file://${disk.folder}/objects`,
    }
    const command = [join(root, 'deploy/local/bin/replay.mjs'), '--from', 'raw']
    const replay = spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8', timeout: 120_000 })
    expect(`${replay.stdout}${replay.stderr}`).toContain('the lake is what its log says')
    await household.expectHonestLog()
  }, 180_000)
})
