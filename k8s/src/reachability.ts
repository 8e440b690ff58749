import { BlockList } from 'node:net'
import { type Labels, type Manifest, ofKind, type Pod } from './manifests.ts'

/** One end of a connection: a pod, or something outside of which an address is all that is known. */
export type End = {
  name: string
  address: string
  namespace?: string
  labels?: Labels
  /** Where it listens: those of a pod's containers, or what one would try. */
  ports: readonly { name?: string; port: number; protocol: 'TCP' | 'UDP' }[]
}

type Selector = {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[]
}
type Peer = { podSelector?: Selector; namespaceSelector?: Selector; ipBlock?: { cidr: string; except?: string[] } }
type Port = { protocol?: 'TCP' | 'UDP'; port?: number | string; endPort?: number }
type Rule = { from?: Peer[]; to?: Peer[]; ports?: Port[] }
type Policy = {
  namespace: string
  spec: { podSelector: Selector; policyTypes: ('Ingress' | 'Egress')[]; ingress?: Rule[]; egress?: Rule[] }
}

export const ourNamespace = 'personal-finances'

/** The pods of the manifests as ends, with addresses as a cluster gives them. */
export const endsOf = (pods: readonly Pod[]): End[] =>
  pods.map(({ name, labels, spec }, index) => ({
    name,
    address: `10.244.1.${index + 1}`,
    namespace: ourNamespace,
    labels,
    ports: spec.containers.flatMap(({ ports = [] }) =>
      ports.map(({ name, containerPort }) => ({ name, port: containerPort, protocol: 'TCP' as const })),
    ),
  }))

/**
 * For each end that reaches any other: where it gets to, as `name:port`, by the rules of Kubernetes: a pod that a policy of a
 * direction selects may do what any of those allows, and nothing else; one that none selects may do everything.
 */
export function reachability(manifests: readonly Manifest[], ends: readonly End[]): Record<string, string[]> {
  const policies = ofKind(manifests, 'NetworkPolicy').map(({ metadata, spec }) => ({
    namespace: metadata.namespace ?? 'default',
    spec: spec as Policy['spec'],
  }))
  const table: Record<string, string[]> = {}
  for (const from of ends) {
    const reached = ends
      .filter((to) => to !== from)
      .flatMap((to) =>
        to.ports
          .filter((port) => lets(policies, 'Egress', from, to, port) && lets(policies, 'Ingress', to, from, port))
          .map(({ port, protocol }) => `${to.name}:${port}${protocol === 'UDP' ? '/udp' : ''}`),
      )
    if (reached.length > 0) table[from.name] = reached.sort()
  }
  return table
}

/** Whether the policies of `own` let it speak to `other` (Egress), or hear from it (Ingress). */
function lets(
  policies: readonly Policy[],
  direction: 'Ingress' | 'Egress',
  own: End,
  other: End,
  port: End['ports'][number],
): boolean {
  const governing = policies.filter(
    ({ namespace, spec }) =>
      namespace === own.namespace &&
      spec.policyTypes.includes(direction) &&
      selects(spec.podSelector, own.labels ?? {}),
  )
  if (governing.length === 0) return true
  return governing.some(({ namespace, spec }) =>
    (direction === 'Ingress' ? spec.ingress : spec.egress)?.some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to
      return (peers?.some((peer) => isPeer(peer, other, namespace)) ?? true) && namesPort(rule.ports, port)
    }),
  )
}

function isPeer({ ipBlock, podSelector, namespaceSelector }: Peer, end: End, namespace: string): boolean {
  if (ipBlock !== undefined)
    return isIn(end.address, ipBlock.cidr) && !ipBlock.except?.some((one) => isIn(end.address, one))
  if (end.namespace === undefined) return false
  const isNamespace = namespaceSelector
    ? selects(namespaceSelector, { 'kubernetes.io/metadata.name': end.namespace })
    : end.namespace === namespace
  return isNamespace && selects(podSelector ?? {}, end.labels ?? {})
}

function isIn(address: string, cidr: string): boolean {
  const [network = '', prefix = ''] = cidr.split('/')
  const list = new BlockList()
  list.addSubnet(network, Number(prefix), network.includes(':') ? 'ipv6' : 'ipv4')
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

function namesPort(ports: readonly Port[] | undefined, one: End['ports'][number]): boolean {
  if (ports === undefined) return true
  return ports.some(({ protocol = 'TCP', port, endPort }) => {
    if (protocol !== one.protocol) return false
    if (port === undefined || port === one.name) return true
    return typeof port === 'number' && one.port >= port && one.port <= (endPort ?? port)
  })
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      const isNamed = value !== undefined && values.includes(value)
      return operator === 'In' ? isNamed : !isNamed
    })
  )
}
