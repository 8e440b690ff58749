import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** As it is deployed: what `npm run build` made of this service. */
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

/** The service in a process of its own, which a spec may kill. */
export class AnalyticsProcess {
  /** Shards that it said it holds. */
  readonly held = new Set<string>()
  ready = false
  readonly #child: ChildProcess

  constructor(environment: Readonly<Record<string, string>>) {
    const env = { ...environment, LOG_LEVEL: 'info' }
    this.#child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const { msg, shard } = JSON.parse(line) as { msg?: string; shard?: string }
      if (msg === 'ready') this.ready = true
      if (msg === 'shard is held' && shard !== undefined) this.held.add(shard)
    })
  }

  /** kill -9, unless it is gone already. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}
