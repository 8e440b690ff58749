import { eventually } from '../src/eventually.ts'
import { kubectl } from './cluster.ts'
import { Household, minute } from './household.ts'
import { upgrade, type Version, versionBefore } from './installing.ts'

const today: Version = {}

/** Tags of the images that its own pods run. */
function running(): string[] {
  const said = kubectl(['get', 'pods', '--selector', 'app.kubernetes.io/component in (service, gateway, web)', tags])
  return [...new Set(said.split(' ').map((image) => image.split(':').at(-1) ?? ''))]
}
/** A pod that has been replaced may still be ending. */
const runs = ({ tag = 'dev' }: Version) =>
  eventually(() => {
    expect(running()).toEqual([tag])
    return true
  }, minute)
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
      await runs(before)
      expect(await household.isWhole()).toBeGreaterThanOrEqual(900)
    },
    2 * minute,
  )

  it.each(['to today’s', 'back', 'to today’s again'])(
    'loses nothing %s, though sync follows sync',
    async (direction) => {
      const version = direction === 'back' ? before : today
      await household.daysUntil(upgrade('one', { version }))
      await runs(version)
      await household.isWhole()
    },
    12 * minute,
  )
})
