import type { Running } from '@pf/eventing'
import type { Logger } from './logger.ts'

/**
 * Runs `run` every `everyMs`, counted from the end of the run before: never two at a time. What it throws is logged and
 * the next run comes as usual. `stop` aborts the signal and waits for the run that is under way.
 */
export function schedule(
  platform: { logger: Logger },
  task: { name: string; everyMs: number; run: (signal: AbortSignal) => Promise<void> },
): Running {
  const controller = new AbortController()
  const tick = async () => {
    try {
      await task.run(controller.signal)
    } catch (error) {
      if (!controller.signal.aborted) platform.logger.error({ err: error, task: task.name }, 'scheduled task failed')
    }
    if (!controller.signal.aborted) timer = setTimeout(next, task.everyMs)
  }
  let underway: Promise<void> = Promise.resolve()
  const next = () => {
    underway = tick()
  }
  let timer = setTimeout(next, 0)
  return {
    async stop() {
      controller.abort()
      clearTimeout(timer)
      await underway
    },
  }
}
