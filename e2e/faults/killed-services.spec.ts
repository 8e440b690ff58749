import { chanceOf, seed } from './staging/chance.ts'
import { Household } from './staging/household.ts'
import { openStage } from './staging/stage.ts'

const chance = chanceOf('killed-services')
const services = ['auth', 'connection', 'extraction', 'storage', 'analytics', 'gateway']
const servers = ['nats-server', 'postgres']

/** All of them, in an order of the seed, in days of two. */
const victims = chance.shuffled([...services, ...servers])
const days = Array.from({ length: victims.length / 2 }, (_, day) => victims.slice(2 * day, 2 * day + 2))

describe(`kill -9 in the middle of an extraction (PF_FAULT_SEED=${seed})`, () => {
  const stage = openStage()
  let household: Household
  beforeAll(async () => {
    household = stage.keep(await Household.start())
  }, 180_000)

  it.each(days)(
    'of %s and %s: nothing is lost, nothing is doubled',
    async (...killed) => {
      const run = await household.newDay(chance.between(150, 400))
      for (const victim of killed) {
        await household.asked(chance.between(1, 6))
        await household.kill(victim)
      }
      await household.isReady()
      await household.expectTruthOf(run)
    },
    240_000,
  )

  it('leaves a log that holds each version once', async () => {
    await household.expectHonestLog()
  }, 60_000)
})
