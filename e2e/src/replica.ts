import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '@pf/eventing/testing'
import { eventually } from './eventually.ts'
import { root, type System } from './system.ts'

/** A second process of a service, beside the one that the system runs: what an orchestrator starts before it ends the first. */
export class Replica {
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process
    this.#folder = folder
  }

  /** With the settings of the system's own, marts and health of its own; resolves when its /ready says so. */
  static async start(system: System, service: string): Promise<Replica> {
    const folder = mkdtempSync(join(tmpdir(), 'pf-replica-'))
    const [port = 0] = await freePorts(1)
    const log = openSync(join(folder, 'log'), 'a')
    const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'services', service, 'dist/main.js')], {
      cwd: folder,
      stdio: ['ignore', log, log],
      env: {
        ...environmentOf(system.pidOf(service)),
        PF_HEALTH_PORT: String(port),
        PF_MARTS_DIR: join(folder, 'marts'),
      },
    })
    const replica = new Replica(child, folder)
    try {
      await eventually(async () => {
        if (child.exitCode !== null) throw new Error(`It ended: ${readFileSync(join(folder, 'log'), 'utf8')}`)
        return (await fetch(`http://127.0.0.1:${port}/ready`)).ok
      }, 60_000)
    } catch (error) {
      // Left running it would hold the whole run of tests.
      await replica.stop()
      throw error
    }
    return replica
  }

  /** As an orchestrator ends it. Answers its exit code. */
  async stop(): Promise<number | null> {
    this.#process.kill('SIGTERM')
    await eventually(() => this.#process.exitCode !== null || this.#process.signalCode !== null, 60_000)
    rmSync(this.#folder, { recursive: true, force: true })
    return this.#process.exitCode
  }
}

/** What a running process was started with. */
export function environmentOf(pid: number): Record<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  return Object.fromEntries(
    entries.filter(Boolean).map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  )
}
