import { eventually } from '../src/eventually.ts'
import { chanceOf, seed } from './staging/chance.ts'
import { describeWhereMountable, SmallDisk } from './staging/disk.ts'
import { ackedBy, expectEveryCommandOnce } from './staging/ledger.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('full-disk')
const tallies = ['a', 'b', 'c']
const megabyte = 1024 * 1024
const settings = { attemptMs: 500, retryForMs: 2_000 }

describeWhereMountable(`a full disk under the log (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()

  it('appends fail loudly, go on when there is room, and nothing acknowledged is missing', async () => {
    const disk = stage.keep(new SmallDisk(48 * megabyte))
    const broker = await stage.broker({ store: disk.folder })
    const [log, crew] = [await broker.openLog(settings), stage.crew(broker, settings)]
    disk.takeRoom(chance.between(36, 44) * megabyte)
    const writer = crew.writer({ name: 'one', tallies, padding: 40_000, width: 3, pauseMs: 5 })
    const failures = () => [...writer.all('unknown'), ...writer.all('refused')]
    await eventually(() => failures().length >= 3, 60_000)
    const before = ackedBy(writer).length
    expect(before).toBeGreaterThan(0)
    disk.giveRoomBack()
    // A stream that could not be written takes nothing more until its server starts anew: `npm start` sees to that.
    await broker.kill('SIGTERM')
    await broker.start()
    await eventually(() => ackedBy(writer).length > before + 20, 60_000)
    await writer.stop()
    await expectEveryCommandOnce(log, tallies, ackedBy(writer))
  }, 180_000)
})
