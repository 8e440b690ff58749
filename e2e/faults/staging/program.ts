import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from '../../src/eventually.ts'

/** One line that a program printed: what it says, and the facts about it. */
export type Said = { say: string; [fact: string]: unknown }

const folder = join(import.meta.dirname, '..', 'programs')

/**
 * A process of its own that runs the real code under test: one of `programs/`, given its options as JSON. What it has
 * printed stays readable after it was killed.
 */
export class Program {
  readonly name: string
  readonly said: Said[] = []
  readonly #child: ChildProcess
  #complaints = ''

  private constructor(name: string, child: ChildProcess) {
    this.name = name
    this.#child = child
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => this.said.push(JSON.parse(line)))
    }
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaints = `${this.#complaints}${chunk}`.slice(-4000)
    })
  }

  static start(name: string, options: object): Program {
    const args = ['--conditions=@pf/source', join(folder, `${name}.ts`), JSON.stringify(options)]
    return new Program(name, spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }))
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  all(say: string): Said[] {
    return this.said.filter((line) => line.say === say)
  }

  /** Waits until it has said so `times` times. */
  async says(say: string, times = 1, deadlineMs = 60_000): Promise<Said> {
    return await eventually(() => {
      const last = this.all(say)[times - 1]
      if (last === undefined && this.hasEnded) throw new Error(`${this.name} has ended. ${this.#complaints}`)
      if (last === undefined) throw new Error(`${this.name} said ${JSON.stringify(this.said.slice(-3))}, no ${say}.`)
      return last
    }, deadlineMs)
  }

  /** Waits until it has met an error of this name. */
  async meets(name: string, deadlineMs = 60_000): Promise<void> {
    await eventually(() => {
      if (this.all('error').some((error) => error['name'] === name)) return true
      const fate = this.hasEnded ? `has ended: ${this.#complaints}` : 'goes on'
      throw new Error(`${this.name} ${fate}; it said ${JSON.stringify(this.said.slice(-5))}, no ${name}.`)
    }, deadlineMs)
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return
    this.#child.kill('SIGKILL')
    await this.ended()
  }

  /** SIGSTOP; returns when the kernel has it stopped. */
  async freeze(): Promise<void> {
    await freeze(this.#child)
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  /** Asked to by SIGTERM. */
  async stop(): Promise<void> {
    if (!this.hasEnded) this.#child.kill('SIGTERM')
    await this.ended()
  }

  async ended(deadlineMs = 60_000): Promise<void> {
    await eventually(() => {
      if (this.hasEnded) return true
      throw new Error(`${this.name} goes on. Its last words: ${JSON.stringify(this.said.slice(-3))}`)
    }, deadlineMs)
  }
}

export async function freeze(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP')
  await eventually(() => stateOf(child.pid) === 'T')
}

/** The state letter of proc_pid_stat(5), which stands after the name in brackets. */
function stateOf(pid: number | undefined): string | undefined {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]
}
