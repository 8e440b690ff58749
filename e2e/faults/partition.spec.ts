import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually } from '../src/eventually.ts'
import { chanceOf, isLong, orOnlyFirst, seed } from './staging/chance.ts'
import { Household } from './staging/household.ts'
import { openStage } from './staging/stage.ts'
import { wait } from './staging/time.ts'
import type { Wire } from './staging/wire.ts'

const chance = chanceOf('partition')
const victim = chance.one(['connection', 'extraction', 'storage', 'analytics'])
const seconds = isLong ? 30 : 8
const mostGrowthMb = 200

/** How a wire fails, in an order of the seed. */
const failures = chance.shuffled([
  { name: 'no byte gets through', strike: (wire: Wire) => wire.hold() },
  { name: 'every connection is reset', strike: (wire: Wire) => wire.cut() },
])

describe(`a partition between ${victim} and nats-server (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()
  let household: Household
  let wire: Wire
  let broker = 0
  beforeAll(async () => {
    wire = await stage.wire(() => broker)
    const preload = new URL('./staging/through-wires.mjs', import.meta.url)
    const starting = Household.start(
      { NODE_OPTIONS: `--import=${preload.href}`, PF_FAULT_WIRES: JSON.stringify({ [victim]: wire.port }) },
      (system) => {
        broker = brokerPort(system.dataDir)
      },
    )
    household = stage.keep(await starting)
    expect(wire.carried).toBeGreaterThan(1000)
  }, 240_000)

  const status = async () => (await fetch(`${household.system.api}/ready`)).status
  const memoryMb = () => {
    const text = readFileSync(`/proc/${household.system.pidOf(victim)}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024
  }

  it.each(orOnlyFirst(failures))(
    '$name for a while: health is red, then green, memory is bounded, nothing is lost',
    async (failure) => {
      await household.newDay(chance.between(100, 400))
      await household.asked(chance.between(1, 4))
      const before = memoryMb()
      failure.strike(wire)
      const mended = wait(seconds * 1000)
      await eventually(async () => (await status()) === 503, seconds * 1000)
      await mended
      expect(memoryMb() - before).toBeLessThan(mostGrowthMb)
      wire.mend()
      await household.isReady(120_000)
      expect(memoryMb() - before).toBeLessThan(mostGrowthMb)
      await household.sam.settled({ connection_id: household.connection }, 120_000)
      await household.expectTruthOf(await household.newDay())
    },
    300_000,
  )

  it('the broker that forgets its connections is found out, without a word from it', async () => {
    wire.halfOpen()
    await eventually(async () => (await status()) === 503, 60_000)
    await household.isReady(120_000)
    await household.expectTruthOf(await household.newDay())
    await household.expectHonestLog()
  }, 300_000)
})

/** Where the system's own broker listens. */
function brokerPort(dataDir: string): number {
  const config = readFileSync(join(dataDir, 'run', 'nats.conf'), 'utf8')
  return Number(/^listen: "[^"]*:(\d+)"/m.exec(config)?.[1])
}
