/**
 * `npm run e2e:cluster`: the system on the cluster of KUBECONFIG, in a namespace of its own that is taken away afterwards
 * (`-- --keep`: left), and the journeys on it: the first five minutes in a browser, then what a cluster does to a household.
 * Images are those of overlays/demo; no part of `npm test`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isReady, kubectl, namespace, services } from '../cluster/cluster.ts'
import { eventually } from '../src/eventually.ts'

const root = join(fileURLToPath(import.meta.url), '..', '..', '..')
const ports = { web: 31300, api: 31800, bank: 31810 }
const forwards = [
  ['svc/web', `${ports.web}:3000`],
  ['svc/gateway', `${ports.api}:8000`],
  ['svc/sandbox-bank', `${ports.bank}:8010`],
] as const

const say = (line: string) => process.stdout.write(`${line}\n`)
const running = new Set<ChildProcess>()
let ending = false

/** A forward ends with the pod that it leads to; the next one leads to the next. */
async function forward(target: string, mapping: string): Promise<void> {
  while (!ending) {
    const child = spawn('kubectl', ['--namespace', namespace, 'port-forward', target, mapping], { stdio: 'ignore' })
    running.add(child)
    // It does not notice by itself that its pod is gone: only the next connection tells it.
    await new Promise((resolve) => child.once('exit', resolve))
    running.delete(child)
    await wait(200)
  }
}

/** Forwards are made again meanwhile: nothing here may block. */
async function jest(project: string, path: string): Promise<boolean> {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  const child = spawn(
    process.execPath,
    [...args, '--selectProjects', project, '--runInBand', '--passWithNoTests=false', path],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PF_E2E_RUNNING: Object.values(ports).join(',') } },
  )
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)))
}

async function main(): Promise<boolean> {
  kubectl(['version', '--request-timeout=10s'])
  say(`applying e2e/cluster/overlay to ${namespace} …`)
  kubectl(['apply', '-k', join(root, 'e2e', 'cluster', 'overlay')])
  for (const name of [...services, 'sandbox-bank'] as const) isReady(name)
  for (const [target, mapping] of forwards) void forward(target, mapping)
  await eventually(async () => (await fetch(`http://localhost:${ports.web}/api/ready`)).ok, 60_000)
  say('ready; the journeys begin')
  const first = await jest('e2e', 'e2e/journeys/first-run')
  const household = await jest('cluster', 'e2e/cluster')
  return first && household
}

const keeps = process.argv.includes('--keep')
try {
  if (!(await main())) process.exitCode = 1
} finally {
  ending = true
  for (const child of running) child.kill()
  if (!keeps) kubectl(['delete', 'namespace', namespace])
}
