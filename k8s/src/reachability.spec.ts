import type { Manifest } from './manifests.ts'
import { type End, ourNamespace, reachability } from './reachability.ts'

const pod = (name: string, port: number, namespace = ourNamespace): End => ({
  name,
  address: `10.244.1.${port % 250}`,
  namespace,
  labels: { name },
  ports: [{ name: 'main', port, protocol: 'TCP' }],
})
const policy = (spec: object): Manifest => ({
  kind: 'NetworkPolicy',
  metadata: { name: 'one', namespace: ourNamespace },
  spec,
})
const denied = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
const a = pod('a', 1000)
const b = pod('b', 2000)
const out = policy({
  podSelector: { matchLabels: { name: 'a' } },
  policyTypes: ['Egress'],
  egress: [{ to: [{ podSelector: { matchLabels: { name: 'b' } } }], ports: [{ port: 2000 }] }],
})
const into = policy({
  podSelector: { matchLabels: { name: 'b' } },
  policyTypes: ['Ingress'],
  ingress: [{ from: [{ podSelector: { matchExpressions: [{ key: 'name', operator: 'In', values: ['a'] }] } }] }],
})

describe('who reaches whom', () => {
  it('is everybody where no policy is', () => {
    expect(reachability([], [a, b])).toEqual({ a: ['b:2000'], b: ['a:1000'] })
  })

  it('is nobody under a policy that allows nothing', () => {
    expect(reachability([denied], [a, b])).toEqual({})
  })

  it('needs both ends to allow it', () => {
    expect(reachability([denied, out], [a, b])).toEqual({})
    expect(reachability([denied, into], [a, b])).toEqual({})
    expect(reachability([denied, out, into], [a, b])).toEqual({ a: ['b:2000'] })
  })

  it('takes a pod of another namespace for another', () => {
    expect(reachability([denied, out, into], [a, pod('b', 2000, 'elsewhere')])).toEqual({})
  })

  it('knows networks, their exceptions, ports by name and ranges', () => {
    const ports = [
      { port: 80, protocol: 'TCP' as const },
      { port: 443, protocol: 'TCP' as const },
      { port: 443, protocol: 'UDP' as const },
    ]
    const world = { name: 'world', address: '203.0.113.7', ports }
    const near = { name: 'near', address: '10.1.2.3', ports }
    const toWorld = policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }], ports: [{ port: 400, endPort: 500 }] },
      ],
    })
    expect(reachability([denied, toWorld], [a, world, near])).toEqual({
      a: ['world:443'],
      near: ['world:443', 'world:443/udp', 'world:80'],
      world: ['near:443', 'near:443/udp', 'near:80'],
    })
    const byName = policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 'main' }] }] })
    expect(reachability([byName], [a, b])).toEqual({ a: ['b:2000'], b: ['a:1000'] })
  })
})
