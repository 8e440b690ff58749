import { isReady, kill } from './cluster.ts'
import { Household, minute } from './household.ts'

describe('a household, while a pod is killed in its sync', () => {
  let household: Household
  beforeAll(async () => {
    household = await Household.atHome()
  }, 8 * minute)

  it.each(['gateway', 'storage', 'analytics', 'nats'] as const)(
    'loses nothing by %s',
    async (name) => {
      await household.day(() => kill(name))
      isReady(name)
      await household.isWhole()
    },
    8 * minute,
  )
})
