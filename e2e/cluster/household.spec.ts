import { randomUUID } from 'node:crypto'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'
import { isReady, kill, kubectl, namespace, reached, rollOver, services, type Workload, workloadOf } from './cluster.ts'

const minute = 60_000
const credentials = { username: `sam-${randomUUID().slice(0, 8)}`, password: 'correct horse battery' }

/** Asked of a person who waits at a screen: a connection that breaks while a pod goes is made again. */
const patiently = <T>(work: () => Promise<T>): Promise<NonNullable<T>> => eventually(work, 2 * minute)

describe('a household in a cluster', () => {
  let system: System
  let client: Client
  let connection: string

  beforeAll(async () => {
    system = await System.start()
    // A bank of its own: whoever was here before has moved the other's days.
    await bank(system, 'POST', '/__sandbox/reset', { scenario: 'household', seed: credentials.username })
    client = new Client(system)
    await patiently(() => client.expect(201, 'POST', '/auth/register', credentials))
    await client.login(credentials)
    connection = await client.connectDemoBank()
    await client.settled({}, 3 * minute)
  }, 5 * minute)

  /** A day passes at the bank, and its sync begins; `meanwhile` happens to the system; the sync ends well. */
  async function day(meanwhile: () => void = () => undefined): Promise<void> {
    // A token lives for a quarter of an hour, all of this for longer.
    await patiently(async () => [await client.login(credentials)])
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
    const { run_id } = await patiently(() =>
      client.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`),
    )
    meanwhile()
    const syncs = await client.settled({ run_id }, 3 * minute)
    expect(syncs.map(({ status }) => status)).toEqual(syncs.map(() => 'completed'))
  }

  /** Day after day, sync after sync, for as long as it takes. */
  async function daysUntil(done: Promise<void>): Promise<void> {
    let isDone = false
    const ended = done.finally(() => {
      isDone = true
    })
    do await day()
    while (!isDone)
    await ended
  }

  it(
    'has every row and balance of the bank',
    async () => {
      expect(await expectTruth(system, client)).toBeGreaterThanOrEqual(900)
    },
    minute,
  )

  it.each(services)(
    'loses nothing where %s is replaced by a newer one while syncs run',
    async (name) => {
      await daysUntil(rollOver(name))
      await patiently(() => expectTruth(system, client))
    },
    8 * minute,
  )

  it.each(['gateway', 'storage', 'nats'] as const)(
    'loses nothing where %s is killed while a sync runs',
    async (name) => {
      await day(() => kill(name))
      isReady(name)
      await patiently(() => expectTruth(system, client))
    },
    8 * minute,
  )

  it(
    'has each version of its log once afterwards, and a backup',
    () => {
      kubectl(['create', 'job', '--from=cronjob/operator', 'look'])
      kubectl(['wait', '--for=condition=ready', 'pod', '--selector', 'job-name=look', '--timeout=120s'])
      const verified = kubectl(['exec', 'job/look', '--', 'node', 'deploy/local/dist/log/main.js', 'verify', '--json'])
      expect(verified).not.toBe('')
      kubectl(['delete', 'job', 'look', '--wait=false'])
      kubectl(['create', 'job', '--from=cronjob/backup', 'now'])
      kubectl(['wait', '--for=condition=complete', 'job/now', '--timeout=240s'])
      expect(kubectl(['logs', 'job/now'])).toMatch(/messages, [\d,]+ raw objects/)
    },
    8 * minute,
  )
})

describe('the policies, as the cluster enforces them', () => {
  const targets = [
    'nats:4222',
    'postgres:5432',
    's3:8333',
    'gateway:3000',
    'gateway:8000',
    'web:3000',
    'sandbox-bank:8010',
  ]
  const kubernetes = 'kubernetes.default:443'

  it.each([
    ['auth', ['nats:4222', 'postgres:5432', 's3:8333']],
    ['connection', ['nats:4222', 'postgres:5432', 's3:8333', 'sandbox-bank:8010']],
    ['extraction', ['nats:4222', 'postgres:5432', 's3:8333', 'sandbox-bank:8010']],
    ['storage', ['nats:4222', 'postgres:5432', 's3:8333']],
    ['analytics', ['nats:4222', 'postgres:5432', 's3:8333']],
    ['gateway', ['nats:4222', 'postgres:5432', 's3:8333', 'sandbox-bank:8010']],
    ['sandbox-bank', []],
  ] as [Workload, string[]][])(
    'let %s reach what it works with, and refuse the rest',
    (from, allowed) => {
      // A pod always reaches itself.
      const others = [...targets, kubernetes].filter((target) => target.split(':')[0] !== from)
      expect(reached(from, others)).toEqual(allowed)
    },
    minute,
  )

  it(
    'let nginx reach the gateway, and no store',
    () => {
      // Under a name that the gateway answers to.
      const host = 'Host: localhost:31300'
      const ask = (address: string) =>
        kubectl(['exec', workloadOf('web'), '--', 'wget', '-qO-', '-T', '5', '--header', host, `http://${address}`])
      expect(ask('gateway:3000/api/ready')).toContain('"status":"ok"')
      expect(() => ask('s3:8333/healthz')).toThrow(/timed out|can't connect/)
    },
    minute,
  )

  it('are not the only wall: a pod that may be root is refused', () => {
    const rooted = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'rooted', namespace },
      spec: { containers: [{ name: 'main', image: 'nats:2.15-alpine', securityContext: { privileged: true } }] },
    }
    const create = () => kubectl(['create', '--dry-run=server', '-f', '-'], { input: JSON.stringify(rooted) })
    expect(create).toThrow(/violates PodSecurity "restricted/)
  })
})
