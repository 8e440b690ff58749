import { kubectl } from './cluster.ts'
import { Household, minute } from './household.ts'
import { upgrade, type Version, versionBefore } from './installing.ts'

const today: Version = {}

/** Tags of the images that its own pods run. */
function running(): string[] {
  const said = kubectl(['get', 'pods', '--selector', 'app.kubernetes.io/component in (service, gateway, web)', tags])
  return [...new Set(said.split(' ').map((image) => image.split(':').at(-1) ?? ''))]
}
const tags = '--output=jsonpath={.items[*].spec.containers[*].image}'

describe('a household, while its installation is brought to another version', () => {
  let household: Household
  let before: Version
  beforeAll(async () => {
    before = versionBefore()
    household = await Household.atHome()
  }, 8 * minute)

  it(
    'has every row and balance of the bank before',
    async () => {
      expect(running()).toEqual([before.tag])
      expect(await household.isWhole()).toBeGreaterThanOrEqual(900)
    },
    2 * minute,
  )

  it.each(['to today’s', 'back', 'to today’s again'])(
    'loses nothing %s, though sync follows sync',
    async (direction) => {
      const version = direction === 'back' ? before : today
      await household.daysUntil(upgrade('one', { version }))
      expect(running()).toEqual([version.tag ?? 'dev'])
      await household.isWhole()
    },
    12 * minute,
  )
})
