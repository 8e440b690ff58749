import { kubectl, podsOf, rolledOut, services, type Workload, workloadOf } from './cluster.ts'
import { Household, minute } from './household.ts'
import { applyFirst, upgrade } from './installing.ts'

const ours = services.filter((name) => name !== 'web')

const pods = (name: Workload) => podsOf(name, 'uid')
const secret = (name: string, key: string): string => {
  const { data } = JSON.parse(kubectl(['get', 'secret', name, '--output=json'])) as { data: Record<string, string> }
  return Buffer.from(data[key] ?? '', 'base64').toString()
}

/** Whether PostgreSQL takes a service by this password, asked from its pod by an address that it trusts nobody from. */
function isTaken(role: string, password: string): boolean {
  const ask = `PGPASSWORD="$1" psql -h "$(hostname -i)" -U "$0" -d pf -c 'select 1'`
  try {
    kubectl(['exec', workloadOf('postgres'), '--', 'sh', '-c', ask, role, password])
    return true
  } catch (error) {
    if (error instanceof Error && /password authentication failed/.test(error.message)) return false
    throw error
  }
}

describe('a household, while its operator changes', () => {
  let household: Household
  beforeAll(async () => {
    household = await Household.atHome()
  }, 8 * minute)

  it(
    'a setting, sees nothing of it: whoever reads it is replaced, and no store',
    async () => {
      const before = new Map([...services, 'nats', 'postgres', 's3'].map((name) => [name, pods(name as Workload)]))
      await household.daysUntil(upgrade('one', { settings: { LOG_LEVEL: 'debug' } }))
      const same = [...before].filter(([name, uids]) => uids.join() === pods(name as Workload).join())
      expect(same.map(([name]) => name)).toEqual(['nats', 'postgres', 's3'])
      await household.isWhole()
    },
    12 * minute,
  )

  it(
    'all passwords, loses nothing, and the old ones open nothing',
    async () => {
      const old = secret('passwords', 'auth.database.auth')
      expect(isTaken('pf_auth', old)).toBe(true)
      kubectl(['delete', 'secret', 'passwords'])
      await applyFirst('one', { settings: { LOG_LEVEL: 'debug' } })
      kubectl(['rollout', 'restart', workloadOf('nats')])
      await rolledOut(['nats'])
      for (const name of ours) kubectl(['rollout', 'restart', workloadOf(name)])
      await rolledOut(ours)
      await household.day()
      expect({
        old: isTaken('pf_auth', old),
        made: isTaken('pf_auth', secret('passwords', 'auth.database.auth')),
      }).toEqual({ old: false, made: true })
      await household.isWhole()
    },
    15 * minute,
  )
})
