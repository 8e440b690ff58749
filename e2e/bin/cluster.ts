/**
 * `npm run e2e:cluster`: the system on the cluster of KUBECONFIG, in namespaces of its own that are taken away afterwards
 * (`-- --keep`: left, and taken up again by the next run), and on it the parts of e2e/cluster/parts.ts, or `--only` some of
 * them. Images are those of overlays/demo; `--from DIR` begins with the version of a checkout, its images tagged `before`.
 * No part of `npm test`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isReady, kubectl, namespaceOf, type Overlay, services } from '../cluster/cluster.ts'
import { applyOutside, applyOverlay, isThere, upgrade, type Version, versionBefore } from '../cluster/installing.ts'
import { chosen, type Part, parts } from '../cluster/parts.ts'
import { eventually } from '../src/eventually.ts'

const root = join(fileURLToPath(import.meta.url), '..', '..', '..')
const ports = { web: 31300, api: 31800, bank: 31810 }
const forwards = [
  ['svc/web', `${ports.web}:3000`],
  ['svc/gateway', `${ports.api}:8000`],
  ['svc/sandbox-bank', `${ports.bank}:8010`],
] as const

const say = (line: string) => process.stdout.write(`${line}\n`)
const secondsSince = (start: number) => Math.round((performance.now() - start) / 1000)

/** Forwards from loopback to an installation, until they are ended. */
class Forwards {
  readonly #running = new Set<ChildProcess>()
  readonly #namespace: string
  #isEnding = false

  constructor(overlay: Overlay) {
    this.#namespace = namespaceOf[overlay]
    for (const [target, mapping] of forwards) void this.#keep(target, mapping)
  }

  /** One ends with the pod that it leads to; the next one leads to the next. */
  async #keep(target: string, mapping: string): Promise<void> {
    while (!this.#isEnding) {
      const child = spawn('kubectl', ['--namespace', this.#namespace, 'port-forward', target, mapping], {
        stdio: 'ignore',
      })
      this.#running.add(child)
      // It does not notice by itself that its pod is gone: only the next connection tells it.
      await new Promise((resolve) => child.once('exit', resolve))
      this.#running.delete(child)
      await wait(200)
    }
  }

  end(): void {
    this.#isEnding = true
    for (const child of this.#running) child.kill()
  }
}

/** Forwards are made again meanwhile: nothing here may block. */
async function jest(part: Part): Promise<boolean> {
  const [project, path, ...told] = parts[part]
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  const child = spawn(
    process.execPath,
    [...args, '--selectProjects', project, '--runInBand', '--passWithNoTests=false', path, ...told],
    { cwd: root, stdio: 'inherit', env: { ...process.env, PF_E2E_RUNNING: Object.values(ports).join(',') } },
  )
  return new Promise((resolve) => child.once('exit', (code) => resolve(code === 0)))
}

type Told = { isKept: boolean; version: Version }

/** Puts an installation up, runs its parts one after the other, takes it away. Answers a line for each. */
async function runOn(overlay: Overlay, its: readonly Part[], { isKept, version }: Told): Promise<string[]> {
  const began = performance.now()
  say(`applying e2e/cluster/${overlay} to ${namespaceOf[overlay]} …`)
  if (overlay === 'many') await applyOutside()
  if (isThere(overlay)) await upgrade(overlay, { version })
  else applyOverlay(overlay, { version })
  let forwarding: Forwards | undefined
  const results: string[] = []
  try {
    for (const name of [...services, 'sandbox-bank'] as const) isReady(name, overlay)
    forwarding = new Forwards(overlay)
    await eventually(async () => (await fetch(`http://localhost:${ports.web}/api/ready`)).ok, 60_000)
    results.push(`${overlay}: every pod ready after ${secondsSince(began)} s`)
    for (const part of its) {
      const start = performance.now()
      say(`${results.at(-1)}\n— ${part}`)
      const hasPassed = await jest(part)
      if (!hasPassed) process.exitCode = 1
      results.push(`${part}: ${hasPassed ? 'passed' : 'FAILED'} in ${secondsSince(start)} s`)
    }
  } finally {
    forwarding?.end()
    if (!isKept)
      kubectl(['delete', 'namespace', namespaceOf[overlay], ...(overlay === 'many' ? [namespaceOf.outside] : [])])
  }
  return results
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, keep: { type: 'boolean', default: false }, from: { type: 'string' } },
})
const wanted = chosen(values.only, values.from)
if (values.from !== undefined) process.env.PF_E2E_FROM = resolve(values.from)
const version = values.from === undefined ? {} : versionBefore()
kubectl(['version', '--request-timeout=10s'])
const results: string[] = []
for (const overlay of ['one', 'many'] as const) {
  const its = wanted.filter((part) => (part === 'many') === (overlay === 'many'))
  if (its.length > 0) results.push(...(await runOn(overlay, its, { isKept: values.keep, version })))
}
say(results.join('\n'))
