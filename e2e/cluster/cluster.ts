import { spawn, spawnSync } from 'node:child_process'

/**
 * Where `npm run e2e:cluster` puts the system, and takes it away again: by folder of manifests. `outside` is what somebody
 * else runs: stores, Parameter Store, a collector of spans.
 */
export const namespaceOf = {
  one: 'personal-finances-e2e',
  many: 'personal-finances-e2e-many',
  outside: 'personal-finances-e2e-outside',
} as const
export type Place = keyof typeof namespaceOf
export type Overlay = Exclude<Place, 'outside'>
export const namespace = namespaceOf.one

type Asked = { overlay?: Place; input?: string; timeoutMs?: number }

/** kubectl in the namespace, against the cluster of KUBECONFIG. Throws with what it says where it fails. */
export function kubectl(args: readonly string[], { overlay = 'one', input, timeoutMs = 300_000 }: Asked = {}): string {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['--namespace', namespaceOf[overlay], ...args], {
    encoding: 'utf8',
    input,
    timeout: timeoutMs,
    maxBuffer: 64 << 20,
  })
  if (status === 0) return stdout
  throw new Error(`kubectl ${args.join(' ')}: ${error?.message ?? stderr.trim()}`)
}

/** What is always there, in the order in which a newer version would replace it. */
export const services = ['auth', 'connection', 'extraction', 'storage', 'analytics', 'gateway', 'web'] as const
export type Workload = (typeof services)[number] | 'nats' | 'postgres' | 's3' | 'sandbox-bank'

const isStateful = (name: Workload) => ['analytics', 'nats', 'postgres', 's3', 'sandbox-bank'].includes(name)
export const workloadOf = (name: Workload): string => `${isStateful(name) ? 'statefulset' : 'deployment'}/${name}`

export const isReady = (name: Workload, overlay: Overlay = 'one'): void => {
  kubectl(['rollout', 'status', workloadOf(name), '--timeout=280s'], { overlay })
}

/** Resolves with what kubectl says, while others go on here. Throws with what it says where it fails. */
export async function meanwhile(args: readonly string[], overlay: Place = 'one'): Promise<string> {
  const child = spawn('kubectl', ['--namespace', namespaceOf[overlay], ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const status = await new Promise((resolve) => child.once('close', resolve))
  if (status === 0) return said.out
  throw new Error(`kubectl ${args.join(' ')}: exit code ${status}: ${said.err.trim()}`)
}

/** Resolves when all of these are as they were last told to be. */
export async function rolledOut(names: readonly Workload[], overlay: Overlay = 'one'): Promise<void> {
  for (const name of names) await meanwhile(['rollout', 'status', workloadOf(name), '--timeout=280s'], overlay)
}

/** As a newer version does: pods are replaced one by one. Resolves when all are. */
export async function rollOver(name: Workload): Promise<void> {
  kubectl(['rollout', 'restart', workloadOf(name)])
  await rolledOut([name])
}

/** Resolves when a Job has ended well. */
export async function hasEnded(job: string, overlay: Overlay = 'one'): Promise<void> {
  await meanwhile(['wait', '--for=condition=complete', `job/${job}`, '--timeout=280s'], overlay)
}

/** A command of `npm run log -- …`, in an operator's pod. Answers what it says. */
export async function asOperator(...command: readonly string[]): Promise<string> {
  kubectl(['create', 'job', '--from=cronjob/operator', 'operator'])
  try {
    await meanwhile(['wait', '--for=condition=ready', 'pod', '--selector', 'job-name=operator', '--timeout=120s'])
    return await meanwhile(['exec', 'job/operator', '--', ...command])
  } finally {
    kubectl(['delete', 'job', 'operator', '--cascade=foreground'])
  }
}
export const log = ['node', 'deploy/local/dist/log/main.js'] as const

/** The pods of a workload, each by its name, or by its id, which another one in its place has not. */
export function podsOf(name: Workload, by: 'name' | 'uid', overlay: Overlay = 'one'): string[] {
  const selector = `app.kubernetes.io/name=${name}`
  const said = kubectl(['get', 'pods', '--selector', selector, `--output=jsonpath={.items[*].metadata.${by}}`], {
    overlay,
  })
  return said.split(' ').filter(Boolean).sort()
}

/** As a node that is lost: no word to the process. */
export function kill(name: Workload): void {
  kubectl(['delete', 'pod', '--selector', `app.kubernetes.io/name=${name}`, '--grace-period=0', '--force'])
}

const knock = `
  const [targets] = process.argv.slice(1)
  const { connect } = require('node:net')
  const reach = (target) => new Promise((resolve) => {
    const [host, port] = target.split(':')
    const socket = connect({ host, port: Number(port) })
    const end = (reached) => { socket.destroy(); resolve([target, reached]) }
    socket.setTimeout(4_000, () => end(false)).once('connect', () => end(true)).once('error', () => end(false))
  })
  Promise.all(JSON.parse(targets).map(reach)).then((all) => process.stdout.write(JSON.stringify(Object.fromEntries(all))))`

/** Which of `targets` (host:port) a pod gets a connection to, asked from within it. */
export function reached(from: Workload, targets: readonly string[], overlay: Overlay = 'one'): string[] {
  const ask = ['node', '-e', knock, JSON.stringify(targets)]
  const said = kubectl(['exec', workloadOf(from), '-c', 'main', '--', ...ask], { overlay })
  const answers = JSON.parse(said) as Record<string, boolean>
  return targets.filter((target) => answers[target])
}
