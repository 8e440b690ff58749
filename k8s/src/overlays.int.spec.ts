import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { participantNames, serviceNames } from '@pf/contracts'
import { platformConfig, platformShape } from '@pf/service-kit'
import { parse } from 'yaml'
import { configMap, containersOf, ofKind, type Pod, podsOf } from './manifests.ts'
import { podFaults, probeFaults } from './pod-security.ts'
import { type End, endsOf, ourNamespace, reachability } from './reachability.ts'
import { checkSchemas, describeRendered, type Rendered, rendered } from './rendered.ts'

const component = 'app.kubernetes.io/component'
const root = join(fileURLToPath(import.meta.url), '..', '..', '..')
const everything = 'src/all'
const ssmOnOneNode = 'src/ssm'
const overlays = ['overlays/single-node', 'overlays/demo', 'overlays/cluster', everything, ssmOnOneNode] as const

/** What stands outside, and the ports that one would try there. */
const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' as const }))
const outside: End[] = [
  { name: 'the internet', address: '203.0.113.7', ports: tcp(22, 80, 443, 4222, 5432, 6443) },
  { name: 'a private network', address: '10.20.30.40', ports: tcp(22, 80, 443, 4222, 5432, 6443) },
  { name: "the cloud's metadata", address: '169.254.169.254', ports: tcp(80, 443) },
  {
    name: 'names',
    address: '10.244.0.2',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'kube-dns' },
    ports: [{ port: 53, protocol: 'UDP' }, ...tcp(53)],
  },
  { name: 'the ingress controller', address: '10.244.0.3', namespace: 'ingress-nginx', labels: {}, ports: [] },
  { name: 'prometheus', address: '10.244.0.4', namespace: 'monitoring', labels: {}, ports: [] },
  { name: 'a collector', address: '10.244.0.6', namespace: 'observability', labels: {}, ports: tcp(22, 4318) },
  { name: 'a stranger', address: '10.244.0.5', namespace: 'default', labels: {}, ports: tcp(80, 443, 8080) },
]
/** Of what it stands outside of: how those reach each other is not ours to say. */
const names = ['names:53', 'names:53/udp']

const inOneNode = [...names, 'nats:4222', 'postgres:5432', 's3:8333']
const kubernetes = ['the internet', 'a private network', "the cloud's metadata", 'a stranger'].flatMap((name) =>
  name === "the cloud's metadata" || name === 'a stranger' ? [`${name}:443`] : [`${name}:443`, `${name}:6443`],
)
const demoTable: Record<string, string[]> = {
  auth: inOneNode,
  connection: [...inOneNode, 'sandbox-bank:8010', 'the internet:443'],
  extraction: [...inOneNode, 'sandbox-bank:8010', 'the internet:443'],
  storage: inOneNode,
  analytics: inOneNode,
  gateway: [...inOneNode, 'sandbox-bank:8010', 'the internet:443'],
  web: [...names, 'gateway:3000'],
  secrets: [...names, ...kubernetes],
  prepare: [...names, 'postgres:5432', 's3:8333'],
  backup: inOneNode,
  operator: inOneNode,
  'sandbox-bank': names,
}

/** S3 wherever it is; the database in a private network. */
const external = ['a private network:443', 'a private network:5432', 'a stranger:443', 'the internet:443']
const inCluster = [...names, 'nats:4222', 'nats-1:4222', ...external]
const clusterTable: Record<string, string[]> = {
  auth: inCluster,
  connection: inCluster,
  extraction: inCluster,
  storage: inCluster,
  analytics: inCluster,
  gateway: inCluster,
  web: [...names, 'gateway:3000'],
  secrets: [...names, ...kubernetes],
  prepare: [...names, ...external],
  backup: inCluster,
  operator: inCluster,
  nats: [...names, 'nats-1:6222'],
  'nats-1': [...names, 'nats:6222'],
}

describeRendered('what `kubectl apply -k` sends', () => {
  let of: Record<(typeof overlays)[number], Rendered>
  beforeAll(() => {
    of = Object.fromEntries(overlays.map((folder) => [folder, rendered(folder)])) as typeof of
  }, 60_000)

  const each = (about: string, check: (overlay: Rendered, folder: string) => void) =>
    it.each(overlays)(`${about}: %s`, (folder) => check(of[folder], folder))

  describe('the manifests', () => {
    it("keep to Kubernetes' own schemas, to the last field", () => {
      checkSchemas(overlays.map((folder) => of[folder].text).join('\n---\n'))
    }, 120_000)

    each('run nothing that Pod Security or this house refuses', ({ manifests }) => {
      expect(podsOf(manifests).flatMap(podFaults)).toEqual([])
      const [namespace] = ofKind(manifests, 'Namespace')
      expect(namespace?.metadata).toMatchObject({
        name: ourNamespace,
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      })
    })

    each('know of everything that is always there how it is', ({ manifests }) => {
      expect(podsOf(manifests).flatMap(probeFaults)).toEqual([])
      for (const { name, spec } of podsOf(manifests).filter(isOurService)) {
        expect({ name, main: spec.containers[0] }).toMatchObject({
          main: {
            livenessProbe: { httpGet: { path: '/health' } },
            readinessProbe: { httpGet: { path: '/ready' } },
          },
        })
      }
    })

    each('give nobody a word with Kubernetes but the Job that keeps the Secrets', ({ manifests }) => {
      const speakers = podsOf(manifests).filter(({ spec }) => spec.automountServiceAccountToken !== false)
      expect(speakers.map(({ name }) => name)).toEqual(['secrets'])
    })

    each('hold no Secret: they are named, and made in the cluster', ({ manifests }) => {
      expect(ofKind(manifests, 'Secret')).toEqual([])
    })

    each('keep all they have in one namespace', ({ manifests }) => {
      const elsewhere = manifests.filter(
        ({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== ourNamespace,
      )
      expect(elsewhere.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([])
    })
  })

  const isOurService = ({ name }: Pod): boolean => serviceNames.some((service) => service === name)

  describe('the settings', () => {
    const known = new Map(Object.values(platformShape).map((setting) => [setting.env, setting]))

    each('are names that the typed configuration knows, and none of them is a secret', ({ manifests }) => {
      const settings = configMap(manifests, 'settings')
      // AWS' own SDK reads its region by itself.
      expect(Object.keys(settings).filter((name) => !known.has(name) && name !== 'AWS_REGION')).toEqual([])
      expect(Object.entries(settings).filter(([name, value]) => known.get(name)?.secret && !isOpenUrl(value))).toEqual(
        [],
      )
    })

    each('are taken by it as each service is given them', ({ manifests }) => {
      const settings = configMap(manifests, 'settings')
      const services = podsOf(manifests).filter(isOurService)
      expect(services.map(({ name }) => name).sort()).toEqual([...serviceNames].sort())
      for (const { spec } of services) {
        const own = (spec.containers[0]?.env ?? []).map(({ name, value }) => [name, value ?? 'from a Secret'])
        const config = platformConfig({ ...settings, ...Object.fromEntries(own) })
        expect(config).toMatchObject({ healthPort: 9100, bind: '0.0.0.0', apiPort: 8000, webPort: 3000 })
      }
    })

    each(
      'that a container has of its own are known as well, and secrets of them come by reference',
      ({ manifests }) => {
        const own = podsOf(manifests)
          .filter(
            ({ name, labels }) =>
              isOurService({ name } as Pod) || ['once', 'operator'].includes(labels[component] ?? ''),
          )
          .flatMap(containersOf)
          .flatMap(({ env = [] }) => env)
          .filter(({ name }) => name !== 'NODE_EXTRA_CA_CERTS')
        expect(own.filter(({ name }) => !known.has(name))).toEqual([])
        expect(
          own.filter(({ name, valueFrom }) => known.get(name)?.secret && valueFrom?.secretKeyRef === undefined),
        ).toEqual([])
      },
    )

    it('leave out nothing that the composition sets, or say why', () => {
      const composed = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
        'x-environment': Record<string, string>
      }
      const settings = configMap(of[everything].manifests, 'settings')
      const own = podsOf(of[everything].manifests)
        .flatMap(containersOf)
        .flatMap(({ env = [] }) => env.map(({ name }) => name))
      const missing = Object.keys(composed['x-environment']).filter(
        (name) => !(name in settings) && !own.includes(name),
      )
      // A Keycloak outside has one address. The demo bank by Enable Banking's protocol: its key lies in the demo bank's own
      // volume, which no other pod mounts. There is no stand-in of Parameter Store whose address would have to be told.
      expect(missing.sort()).toEqual([
        'KEYCLOAK_INTERNAL_URL',
        'PF_MASTER_KEY_SSM_ENDPOINT',
        'PF_SANDBOX_ENABLE_BANKING_KEY_FILE',
      ])
    })
  })

  /** A URL that may hold a password, and holds none. */
  const isOpenUrl = (value: string): boolean =>
    URL.canParse(value) && new URL(value).password === '' && new URL(value).username === ''

  describe('the passwords', () => {
    each('that a pod mounts are its own', ({ manifests }) => {
      for (const { name, spec } of podsOf(manifests).filter(isOurService)) {
        const items = (spec.volumes ?? [])
          .flatMap(({ projected }) => projected?.sources ?? [])
          .flatMap(({ secret }) => (secret?.name === 'passwords' ? (secret.items ?? []) : []))
        expect(items).toEqual([
          { key: `${name}.broker.${name}`, path: `broker/${name}` },
          { key: `${name}.database.${name}`, path: `database/${name}` },
        ])
      }
    })

    each("of all of the broker's users are its own", ({ manifests }) => {
      const [broker] = podsOf(manifests).filter(({ name }) => name === 'nats')
      const given = (broker?.spec.containers[0]?.env ?? []).flatMap(({ name, valueFrom }) =>
        valueFrom?.secretKeyRef?.key.startsWith('nats.') && name.startsWith('PF_NATS_')
          ? [[name, valueFrom.secretKeyRef.key]]
          : [],
      )
      expect(Object.fromEntries(given)).toEqual(
        Object.fromEntries(participantNames.map((name) => [`PF_NATS_${name.toUpperCase()}`, `nats.${name}`])),
      )
    })
  })

  describe('the network lets', () => {
    const ours = (table: Record<string, string[]>) =>
      Object.fromEntries(
        Object.entries(table)
          // How others reach each other is not ours to say.
          .filter(
            ([from]) =>
              !outside.some(({ name }) => name === from) || from === 'the ingress controller' || from === 'prometheus',
          )
          .map(
            ([from, to]) => [from, to.filter((one) => isOurs(from) || isOurs(one.split(':')[0] ?? '')).sort()] as const,
          )
          .filter(([, to]) => to.length > 0),
      )
    const isOurs = (name: string) => !outside.some((one) => one.name === name)
    const sorted = (table: Record<string, string[]>) =>
      Object.fromEntries(Object.entries(table).map(([from, to]) => [from, [...to].sort()]))

    it('each pod of one node reach what it works with, and nobody reach it else', () => {
      const { manifests } = of['overlays/demo']
      expect(ours(reachability(manifests, [...endsOf(podsOf(manifests)), ...outside]))).toEqual(sorted(demoTable))
    })

    it('each pod of a cluster reach what it works with, and nobody reach it else', () => {
      const { manifests } = of['overlays/cluster']
      const pods = podsOf(manifests)
      const second = pods.filter(({ name }) => name === 'nats').map((pod) => ({ ...pod, name: 'nats-1' }))
      expect(ours(reachability(manifests, [...endsOf([...pods, ...second]), ...outside]))).toEqual(sorted(clusterTable))
    })

    it('the ingress controller in by two ways, where there is an Ingress', () => {
      const { manifests } = of[everything]
      const table = ours(reachability(manifests, [...endsOf(podsOf(manifests)), ...outside]))
      expect(table['the ingress controller']).toEqual(['gateway:3000', 'web:8080'])
    })

    it('whoever has spans tell them to the collector, and reach nothing else there', () => {
      const { manifests } = of[everything]
      const table = reachability(manifests, [...endsOf(podsOf(manifests)), ...outside])
      const tellers = Object.entries(table).filter(([, to]) => to.some((one) => one.startsWith('a collector:')))
      expect(
        tellers
          .map(([from]) => from)
          .filter(isOurs)
          .sort(),
      ).toEqual([...serviceNames].sort())
      for (const [from, to] of tellers.filter(([name]) => isOurs(name))) {
        expect({ from, to: to.filter((one) => one.startsWith('a collector:')) }).toEqual({
          from,
          to: ['a collector:4318'],
        })
      }
    })

    it('whoever opens the vault ask Parameter Store, with the stores of one node too', () => {
      const { manifests } = of[ssmOnOneNode]
      const table = reachability(manifests, [...endsOf(podsOf(manifests)), ...outside])
      const askers = Object.entries(table).filter(([, to]) => to.includes('the internet:443'))
      const expected = [...serviceNames, 'prepare', 'backup', 'operator', 'secrets'].sort()
      expect(
        askers
          .map(([from]) => from)
          .filter(isOurs)
          .sort(),
      ).toEqual(expected)
      expect(
        askers.filter(([from, to]) => isOurs(from) && from !== 'secrets' && to.includes("the cloud's metadata:443")),
      ).toEqual([])
    })

    it('prometheus ask every service for its figures, and nothing else', () => {
      const { manifests } = of[everything]
      const table = ours(reachability(manifests, [...endsOf(podsOf(manifests)), ...outside]))
      expect(table['prometheus']).toEqual(serviceNames.map((name) => `${name}:9100`).sort())
    })

    it('a stranger reach nobody', () => {
      for (const folder of overlays) {
        const { manifests } = of[folder]
        const table = reachability(manifests, [...endsOf(podsOf(manifests)), ...outside])
        expect((table['a stranger'] ?? []).filter((one) => isOurs(one.split(':')[0] ?? ''))).toEqual([])
      }
    })
  })

  describe('what an option changes', () => {
    it('is nothing that the overlay which includes it says of itself', () => {
      const said = /^ {6}- (\w+)=(.*)$/gm
      const own = readFileSync(join(root, 'k8s', everything, 'kustomization.yaml'), 'utf8').matchAll(said)
      const expected = Object.fromEntries([...own].map(([, name, value]) => [name, value]))
      expect(Object.keys(expected)).toContain('KEYCLOAK_URL')
      expect(configMap(of[everything].manifests, 'settings')).toMatchObject(expected)
    })

    it('ssm: no master key is made in the cluster, and it is named once', () => {
      const { manifests } = of[everything]
      const [job] = podsOf(manifests).filter(({ name }) => name === 'secrets')
      expect(job?.spec.containers[0]).toMatchObject({
        command: ['node', 'deploy/containers/dist/keep-cluster-secrets.js', 'passwords'],
      })
      expect(configMap(manifests, 'settings')).toMatchObject({ PF_MASTER_KEY_FILE: '' })
    })

    it('ingress: its host is that of the PUBLIC_URL that was given last', () => {
      const [ingress] = ofKind(of[everything].manifests, 'Ingress')
      expect(ingress?.spec).toMatchObject({
        tls: [{ hosts: ['money.example.net'], secretName: 'tls' }],
        rules: [{ host: 'money.example.net' }],
      })
    })

    it('cluster: as many brokers as copies, on nodes of their own', () => {
      const { manifests } = of['overlays/cluster']
      const [broker] = ofKind(manifests, 'StatefulSet').filter(({ metadata }) => metadata.name === 'nats')
      expect(broker?.spec).toMatchObject({
        replicas: Number(configMap(manifests, 'settings')['PF_NATS_REPLICAS']),
        template: {
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
              },
            },
          },
        },
      })
      const budgets = ofKind(manifests, 'PodDisruptionBudget').map(({ metadata }) => metadata.name)
      expect(budgets.sort()).toEqual([...serviceNames, 'nats', 'web'].sort())
    })
  })
})
