import { kubectl, namespace, reached, type Workload, workloadOf } from './cluster.ts'
import { minute } from './household.ts'

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
