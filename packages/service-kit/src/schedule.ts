import { type Running, systemTiming, type Timing } from '@pf/eventing'
import type { Logger } from './logger.ts'

export type Task = { name: string; everyMs: number; run: (signal: AbortSignal) => Promise<void> }

/**
 * Runs `run` every `everyMs`, counted from the end of the run before: never two at a time. What it throws is logged and
 * the next run comes as usual. `stop` aborts the signal and waits for the run that is under way.
 */
export function schedule(platform: { logger: Logger; timing?: Timing }, task: Task): Running {
  const { logger, timing = systemTiming } = platform
  const stopping = new AbortController()
  const { signal } = stopping
  const runs = async () => {
    // Whoever starts a task goes on first.
    await timing.wait(0, signal)
    while (!signal.aborted) {
      try {
        await task.run(signal)
      } catch (error) {
        if (!signal.aborted) logger.error({ err: error, task: task.name }, 'scheduled task failed')
      }
      await timing.wait(task.everyMs, signal)
    }
  }
  const running = runs()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
