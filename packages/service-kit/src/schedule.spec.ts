import { createLogger } from './logger.ts'
import { schedule } from './schedule.ts'

const lines: string[] = []
const platform = { logger: createLogger({ name: 'spec' }, { write: (line) => void lines.push(line) }) }

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000
  while (!holds()) {
    if (Date.now() > end) throw new Error('It did not happen within 5 s.')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a scheduled task', () => {
  it('runs again and again, never two at a time, also after a failure', async () => {
    let runs = 0
    let underway = 0
    let most = 0
    const running = schedule(platform, {
      name: 'tick',
      everyMs: 1,
      run: async () => {
        most = Math.max(most, ++underway)
        runs++
        await new Promise((resolve) => setImmediate(resolve))
        underway--
        if (runs === 2) throw new Error('once')
      },
    })
    await until(() => runs >= 5)
    await running.stop()
    expect(most).toBe(1)
    expect(lines.filter((line) => line.includes('scheduled task failed'))).toHaveLength(1)
  })

  it('is told to stop and waited for', async () => {
    let ended = false
    let started = false
    const running = schedule(platform, {
      name: 'long',
      everyMs: 1,
      run: async (signal) => {
        started = true
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        ended = true
      },
    })
    await until(() => started)
    await running.stop()
    expect(ended).toBe(true)
  })

  it('does not start when it is stopped first', async () => {
    let started = false
    const running = schedule(platform, {
      name: 'never',
      everyMs: 1,
      run: async () => {
        started = true
      },
    })
    await running.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect(started).toBe(false)
  })
})
