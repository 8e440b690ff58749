import { once } from 'node:events'
import { type ResourceLimits, Worker } from 'node:worker_threads'

export interface Thread {
  /** Waits until it has done what it does before it is told to begin. Throws what broke it. */
  prepared(): Promise<void>
  /** Tells it to begin, and waits for its `ready`. Throws what broke it. */
  begin(): Promise<void>
  /** Its answer to a question of one word. Rejects where it ends before. */
  ask<T>(question: string): Promise<T>
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
}

/** What the thread is told: to begin, a question with its number, or to stop. */
export type ToThread = 'begin' | { ask: string; number: number } | 'stop'
/** What it says: that it can begin, that it is ready, or the answer to a question. */
export type FromThread = 'prepared' | 'ready' | { number: number; answer: unknown }

/**
 * Loads a module as a worker of this process, which waits there until it is told to begin. A thread that breaks after that takes
 * the process with it: the supervisor starts both again, and the log knows where to go on. `resourceLimits`: of its own heap.
 */
export function loadThread(module: URL, resourceLimits: ResourceLimits = {}): Thread {
  const worker = new Worker(module, { resourceLimits })
  let stopping = false
  const exited = once(worker, 'exit').then(([code]) => {
    if (!stopping)
      throw new Error(`The thread ${module.pathname.split('/').at(-1)} ended by itself (exit code ${code}).`)
  })
  const broken = new Promise<never>((_resolve, reject) => worker.once('error', reject))
  const ended = Promise.race([exited, broken])
  // Until it begins, whoever begins it hears of it.
  ended.catch(() => undefined)
  const asked = new Map<number, (answer: unknown) => void>()
  const isPrepared = Promise.withResolvers<void>()
  const isReady = Promise.withResolvers<void>()
  let questions = 0
  worker.on('message', (said: FromThread) => {
    if (said === 'prepared') return isPrepared.resolve()
    if (said === 'ready') return isReady.resolve()
    asked.get(said.number)?.(said.answer)
    asked.delete(said.number)
  })
  const tell = (message: ToThread) => worker.postMessage(message)
  return {
    async prepared() {
      await Promise.race([isPrepared.promise, ended])
    },
    async begin() {
      tell('begin')
      await Promise.race([isReady.promise, ended])
      // Nobody catches this one: the process ends with it.
      void ended.then(() => undefined)
    },
    async ask<T>(question: string) {
      const number = ++questions
      const answer = new Promise<unknown>((resolve) => asked.set(number, resolve))
      tell({ ask: question, number })
      // The thread's module knows what it answers to its words.
      return (await Promise.race([answer, ended.then(() => Promise.reject(new Error('The thread has stopped.')))])) as T
    },
    async stop() {
      stopping = true
      tell('stop')
      // Who broke it has been told by whoever waited for it.
      await exited.catch(() => undefined)
    },
  }
}
