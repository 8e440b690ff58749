import { once } from 'node:events'
import { type ResourceLimits, Worker } from 'node:worker_threads'

export interface Thread {
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
}

/**
 * Starts a module as a worker of this process and waits for its `ready`. A thread that breaks takes the process with it:
 * the supervisor starts both again, and the log knows where to go on. `resourceLimits`: of its own heap.
 */
export async function startThread(module: URL, resourceLimits: ResourceLimits = {}): Promise<Thread> {
  const worker = new Worker(module, { resourceLimits })
  let stopping = false
  const exited = once(worker, 'exit').then(([code]) => {
    if (!stopping)
      throw new Error(`The thread ${module.pathname.split('/').at(-1)} ended by itself (exit code ${code}).`)
  })
  const broken = new Promise<never>((_resolve, reject) => worker.once('error', reject))
  const ended = Promise.race([exited, broken])
  await Promise.race([once(worker, 'message'), ended])
  // Nobody catches this one: the process ends with it.
  void ended.then(() => undefined)
  return {
    async stop() {
      stopping = true
      worker.postMessage('stop')
      await exited
    },
  }
}
