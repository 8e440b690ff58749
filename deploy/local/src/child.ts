import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { lastWordsOf, tailOf } from './last-words.ts'
import { startTimeOf } from './process-table.ts'

/** Exit code of a child whose settings are wrong: starting it again would not help (sysexits.h, EX_CONFIG). */
export const misconfigured = 78
const deathsAllowed = 5
const deathWindowMs = 60_000
const maxLogBytes = 10 * 1024 * 1024

export type ChildSpec = {
  name: string
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string | undefined>>
  uid?: number
  gid?: number
  /** A clean stop is asked for by this signal, and forced after the time allowed. */
  stopSignal: NodeJS.Signals
  stopTimeoutMs: number
  logFile: string
  /** Resolves when it answers; rejected after `signal` aborts. */
  ready(signal: AbortSignal): Promise<void>
}

/** Told to the supervisor: it cannot go on. The message is for a person. */
export class Hopeless extends Error {}

/**
 * One child process, kept alive: a death is followed by a new start after 0.2 s, doubling up to 5 s; five deaths within
 * a minute, or a misconfiguration, and it is hopeless.
 */
export class Child {
  readonly spec: ChildSpec
  #process: ChildProcess | undefined
  #stopping = false
  /** For good: whoever starts it anew at this moment does not. */
  #isOver = false
  #deaths: number[] = []
  #exited: Promise<void> = Promise.resolve()
  readonly #onHopeless: (error: Hopeless) => void
  readonly #onChange: () => void

  constructor(spec: ChildSpec, on: { hopeless: (error: Hopeless) => void; change: () => void }) {
    this.spec = spec
    this.#onHopeless = on.hopeless
    this.#onChange = on.change
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** What the next supervisor recognises it by. */
  identity(): { name: string; pid: number; startTime: string } | undefined {
    const pid = this.pid
    const startTime = pid === undefined ? undefined : startTimeOf(pid)
    return pid === undefined || startTime === undefined ? undefined : { name: this.spec.name, pid, startTime }
  }

  async start(): Promise<void> {
    const giveUp = AbortSignal.timeout(60_000)
    const died = this.#spawn()
    await Promise.race([this.spec.ready(giveUp), died.then((why) => Promise.reject(new Hopeless(why)))])
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#end()
  }

  async #end(): Promise<void> {
    this.#stopping = true
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(this.spec.stopSignal)
    const forced = new AbortController()
    const force = wait(this.spec.stopTimeoutMs, undefined, { signal: forced.signal, ref: false }).then(
      () => child.kill('SIGKILL'),
      () => undefined,
    )
    await this.#exited
    forced.abort()
    await force
  }

  /** Stops it and starts it anew (hot reload, an event log that cannot write), unless it is stopped meanwhile. */
  async restart(): Promise<void> {
    await this.#end()
    if (this.#isOver) return
    this.#stopping = false
    await this.start()
  }

  /** Resolves when the new process ends before it was ready, with the reason. */
  #spawn(): Promise<string> {
    const { spec } = this
    const log = openLog(spec.logFile)
    const identity = spec.uid === undefined ? {} : { uid: spec.uid, gid: spec.gid }
    const child = spawn(spec.command, spec.args, {
      ...identity,
      env: { ...spec.env },
      // Its own group: a terminal's Ctrl-C is for the supervisor, which stops its children in order.
      detached: true,
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    this.#process = child
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`${spec.name} could not be started: ${error.message}`))
      child.once('exit', (code, signal) => resolve(endOf(spec, signal ?? `exit code ${code}`)))
    })
    this.#exited = ended.then(() => undefined)
    void ended.then((why) => this.#died(why, child.exitCode))
    this.#onChange()
    return ended
  }

  async #died(why: string, code: number | null): Promise<void> {
    if (this.#stopping) return
    if (code === misconfigured) return this.#onHopeless(new Hopeless(why))
    const now = performance.now()
    this.#deaths = [...this.#deaths.filter((at) => now - at < deathWindowMs), now]
    if (this.#deaths.length >= deathsAllowed) {
      return this.#onHopeless(new Hopeless(`${why}\nIt died ${deathsAllowed} times within a minute, so we stop here.`))
    }
    await wait(Math.min(5000, 200 * 2 ** (this.#deaths.length - 1)))
    if (!this.#stopping) void this.#spawn()
  }
}

function endOf({ name, logFile }: ChildSpec, how: string): string {
  const words = lastWordsOf(tailOf(logFile))
  return `${name} ended (${how})${words === undefined ? '' : `: ${words}`}\nIts log is ${logFile}`
}

function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > maxLogBytes) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}
