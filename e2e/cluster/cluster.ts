import { spawn, spawnSync } from 'node:child_process'

/** Where `npm run e2e:cluster` puts the system, and takes it away again. */
export const namespace = 'personal-finances-e2e'

/** kubectl in the namespace, against the cluster of KUBECONFIG. Throws with what it says where it fails. */
export function kubectl(args: readonly string[], options: { input?: string; timeoutMs?: number } = {}): string {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['--namespace', namespace, ...args], {
    encoding: 'utf8',
    input: options.input,
    timeout: options.timeoutMs ?? 300_000,
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

export const isReady = (name: Workload): void => {
  kubectl(['rollout', 'status', workloadOf(name), '--timeout=280s'])
}

/** As a newer version does: pods are replaced one by one. Resolves when all are. */
export async function rollOver(name: Workload): Promise<void> {
  kubectl(['rollout', 'restart', workloadOf(name)])
  const args = ['--namespace', namespace, 'rollout', 'status', workloadOf(name), '--timeout=280s']
  const status = await new Promise((resolve) => spawn('kubectl', args, { stdio: 'ignore' }).once('exit', resolve))
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: exit code ${status}`)
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
export function reached(from: Workload, targets: readonly string[]): string[] {
  const said = kubectl(['exec', workloadOf(from), '-c', 'main', '--', 'node', '-e', knock, JSON.stringify(targets)])
  const answers = JSON.parse(said) as Record<string, boolean>
  return targets.filter((target) => answers[target])
}
