import { serviceNames } from '@pf/contracts'
import { eventually } from '../src/eventually.ts'
import {
  hasEnded,
  kubectl,
  meanwhile,
  namespaceOf,
  podsOf,
  reached,
  rolledOut,
  services,
  type Workload,
} from './cluster.ts'
import { Household, minute } from './household.ts'

const overlay = 'many'
const kept = ['nats', ...services] as const

const pods = (name: Workload) => podsOf(name, 'name', overlay)

const ids = (name: Workload) => podsOf(name, 'uid', overlay)

/**
 * The node is about to go: whatever its budget lets go is evicted and finds no other place; the rest stays, for it is asked
 * again until `seconds` are over.
 */
async function drain(seconds: number): Promise<void> {
  const whom = '--pod-selector=app.kubernetes.io/component in (store, service, gateway, web)'
  const asked = meanwhile(['drain', node(), whom, '--delete-emptydir-data', `--timeout=${seconds}s`], overlay)
  await expect(asked).rejects.toThrow(/global timeout reached|did not complete/)
}
const node = () => kubectl(['get', 'nodes', '--output=jsonpath={.items[0].metadata.name}'])

/** What has been migrated and when, as the database remembers it. */
function migrations(): string[] {
  const query = `select format('%s.%s', table_schema, table_name) from information_schema.tables where table_name like '%migrations%' order by 1`
  const ask = (sql: string) =>
    kubectl(['exec', 'deployment/postgres', '--', 'psql', '-U', 'owner', '-d', 'pf', '-Atc', sql], {
      overlay: 'outside',
    })
  const tables = ask(query).split('\n').filter(Boolean)
  return tables.flatMap((table) =>
    ask(`select '${table} ' || name || ' ' || executed_at from ${table} order by 1`).split('\n').filter(Boolean),
  )
}

describe('a household where there are many of everything', () => {
  let household: Household
  beforeAll(async () => {
    household = await Household.atHome()
  }, 8 * minute)

  it(
    'has every row and balance of the bank',
    async () => {
      expect(await household.isWhole()).toBeGreaterThanOrEqual(900)
    },
    2 * minute,
  )

  it('has three copies of each message, and a key that no Secret holds', () => {
    const ask = ['exec', 'nats-0', '--', 'wget', '-qO-', 'http://127.0.0.1:8222/jsz?streams=true&config=true']
    const said = kubectl(ask, { overlay })
    const copies = [...said.matchAll(/"num_replicas": (\d+)/g)].map(([, count]) => count)
    expect(new Set(copies)).toEqual(new Set(['3']))
    expect(kubectl(['get', 'secrets', '--output=name'], { overlay })).not.toMatch(/master-key/)
  })

  it(
    'has its schemas brought up to date once, by one of two Jobs that come at the same time',
    async () => {
      const before = migrations()
      expect(before.length).toBeGreaterThan(10)
      const job = JSON.parse(kubectl(['get', 'job', 'prepare', '--output=json'], { overlay })) as {
        spec: { template: { spec: object; metadata: { labels: Record<string, string> } } }
      }
      const { 'app.kubernetes.io/name': name = '' } = job.spec.template.metadata.labels
      const [one, two] = ['prepare-one', 'prepare-two'].map((called) => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: called },
        spec: {
          template: {
            metadata: { labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'once' } },
            spec: job.spec.template.spec,
          },
        },
      }))
      kubectl(['create', '--filename=-'], {
        overlay,
        input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [one, two] }),
      })
      await Promise.all([hasEnded('prepare-one', overlay), hasEnded('prepare-two', overlay)])
      kubectl(['delete', 'job', 'prepare-one', 'prepare-two'], { overlay })
      expect(migrations()).toEqual(before)
    },
    6 * minute,
  )

  it(
    'is traced, to the collector and to nothing else there',
    async () => {
      const ask = [
        'exec',
        'deployment/collector',
        '--',
        'node',
        '-e',
        "fetch('http://127.0.0.1:4318').then(async (answer) => console.log(await answer.text()))",
      ]
      await household.day()
      await eventually(() => {
        const sent = JSON.parse(kubectl(ask, { overlay: 'outside' })) as Record<string, number>
        expect(Object.keys(sent).sort()).toEqual(serviceNames.map((name) => `pf-${name}`).sort())
        return true
      }, minute)
      const collector = ['4318', '4317'].map((port) => `collector.${namespaceOf.outside}:${port}`)
      expect(reached('auth', collector, overlay)).toEqual(collector.slice(0, 1))
      expect(reached('sandbox-bank', collector, overlay)).toEqual([])
    },
    4 * minute,
  )

  it(
    'loses nothing by a broker that is killed in a sync',
    async () => {
      await household.day(() => {
        kubectl(['delete', 'pod', 'nats-1', '--grace-period=0', '--force'], { overlay })
      })
      await household.isWhole()
      await rolledOut(['nats'], overlay)
    },
    8 * minute,
  )

  it('has two gateways by the word of the autoscaler, whether it sees their load or not', () => {
    const said = kubectl(['get', 'hpa', 'gateway', '--output=jsonpath={.status.desiredReplicas}'], { overlay })
    expect(Number(said)).toBeGreaterThanOrEqual(2)
    expect(pods('gateway').length).toBeGreaterThanOrEqual(2)
  })

  it(
    'sees nothing of a node that is drained: of each one pod goes, and the others stay until it has a place',
    async () => {
      await rolledOut(kept, overlay)
      const before = new Map(kept.map((name) => [name, ids(name)]))
      try {
        await drain(60)
        for (const name of kept) {
          const stayed = ids(name).filter((id) => before.get(name)?.includes(id))
          expect({ name, gone: (before.get(name)?.length ?? 0) - stayed.length }).toEqual({ name, gone: 1 })
        }
        await household.day()
        await household.isWhole()
      } finally {
        kubectl(['uncordon', node()])
      }
      await rolledOut(kept, overlay)
      await household.isWhole()
    },
    10 * minute,
  )
})
