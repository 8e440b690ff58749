import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Account } from './application/present.ts'
import type { Compared } from './application/replay-lake.ts'

export type AskedOfThread = Account | 'stop'
export type SaidByThread = { compared: Compared } | { failed: Error }

/** Of each: a bank's whole history is garbage within seconds. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 }

/** Threads on which accounts are compared, one account on one at a time. */
export function openReplayThreads(count: number): {
  compare(account: Account): Promise<Compared>
  stop(): Promise<void>
} {
  const free = Array.from({ length: count }, () => new Worker(threadModule, { resourceLimits }))
  const all = [...free]
  // Before it is asked for anything a thread may break as well: whoever asks it then hears of it.
  const ended = new Map(all.map((worker) => [worker, endOf(worker)]))
  return {
    async compare({ spaceId, accountId }) {
      const worker = free.pop()
      if (worker === undefined)
        throw new Error(`All ${count} threads of the replay are busy: one account each at a time.`)
      const answered = once(worker, 'message')
      worker.postMessage({ spaceId, accountId } satisfies AskedOfThread)
      const [said] = (await Promise.race([answered, ended.get(worker)!])) as [SaidByThread]
      free.push(worker)
      if ('failed' in said) throw said.failed
      return said.compared
    },
    async stop() {
      for (const worker of all) worker.postMessage('stop' satisfies AskedOfThread)
      await Promise.allSettled(ended.values())
    },
  }
}

const threadModule = new URL(import.meta.url.replace(/replay-threads(?=\.[jt]s$)/, 'replay-thread'))

function endOf(worker: Worker): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`A thread of the replay ended by itself (exit code ${code}).`)))
  })
  ended.catch(() => undefined)
  return ended
}
