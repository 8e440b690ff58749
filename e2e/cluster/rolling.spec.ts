import { rollOver, services } from './cluster.ts'
import { Household, minute } from './household.ts'

describe('a household, while its services are replaced as by a newer version', () => {
  let household: Household
  beforeAll(async () => {
    household = await Household.atHome()
  }, 8 * minute)

  it(
    'has every row and balance of the bank before',
    async () => {
      expect(await household.isWhole()).toBeGreaterThanOrEqual(900)
    },
    2 * minute,
  )

  it.each(services)(
    'loses nothing by %s, though sync follows sync',
    async (name) => {
      await household.daysUntil(rollOver(name))
      await household.isWhole()
    },
    8 * minute,
  )
})
