import { eventually } from '../src/eventually.ts'
import { asOperator, hasEnded, kubectl, log, rolledOut } from './cluster.ts'
import { Household, minute } from './household.ts'
import { applyFirst, applyOverlay } from './installing.ts'

const backups = '/var/lib/personal-finances/backups'
const ours = 'app.kubernetes.io/component in (service, gateway)'
type Owned = {
  metadata: { name: string; annotations?: Record<string, string>; ownerReferences?: { name: string }[] }
}

/** The Jobs that a CronJob has made by its schedule: those by hand are its own as well, and say so. */
const scheduled = (cron: string): string[] =>
  (JSON.parse(kubectl(['get', 'jobs', '--output=json'])) as { items: Owned[] }).items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ name }) => name === cron))
    .filter(({ metadata }) => metadata.annotations?.['cronjob.kubernetes.io/instantiate'] !== 'manual')
    .map(({ metadata }) => metadata.name)
const schedule = (cron: string, at: string) =>
  kubectl(['patch', 'cronjob', cron, '--patch', JSON.stringify({ spec: { schedule: at } })])

describe('a household whose stores are lost', () => {
  let household: Household
  let rows: number
  beforeAll(async () => {
    household = await Household.atHome()
    rows = await household.isWhole()
  }, 8 * minute)

  it(
    'has each version of its log once',
    async () => {
      // Exit code 1 where anything is not as it should be.
      expect(await asOperator(...log, 'verify')).toMatch(/\d/)
    },
    4 * minute,
  )

  it(
    'has a backup, made by the schedule',
    async () => {
      const earlier = scheduled('backup')
      schedule('backup', '* * * * *')
      const job = await eventually(() => scheduled('backup').find((name) => !earlier.includes(name)), 2 * minute)
      schedule('backup', '17 3 * * *')
      await hasEnded(job)
      expect(kubectl(['logs', `job/${job}`])).toMatch(/messages, [\d,]+ raw objects/)
    },
    8 * minute,
  )

  it(
    'comes back from it, row for row, into empty stores',
    async () => {
      const [newest = ''] = (await asOperator('ls', '-r', backups)).split('\n')
      kubectl(['scale', 'deployment', '--selector', ours, '--replicas=0'])
      kubectl(['delete', 'statefulset', 'analytics', 'nats', 'postgres', 's3', '--cascade=foreground'])
      kubectl(['delete', 'pvc', '--selector', 'app.kubernetes.io/name in (analytics, nats, postgres, s3)'])
      await applyFirst('one')
      expect(await asOperator(...log, 'import', `${backups}/${newest}`)).toMatch(/^Restored what was there at/m)
      applyOverlay('one')
      kubectl(['scale', 'deployment', '--selector', ours, '--replicas=1'])
      await rolledOut(['auth', 'connection', 'extraction', 'storage', 'analytics', 'gateway'])
      expect(await household.isWhole()).toBe(rows)
      await household.day()
      expect(await household.isWhole()).toBeGreaterThanOrEqual(rows)
    },
    15 * minute,
  )
})
