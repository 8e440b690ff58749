import { describeEventLog } from '../testing/index.ts'
import { createMemoryLog } from './memory-log.ts'

describeEventLog('the memory log', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z')
  return {
    log: createMemoryLog({ clock: { now: () => new Date(nowMs) }, backoffMs: () => 1 }),
    passDuplicateWindow: async () => {
      nowMs += 120_000
    },
    close: async () => {},
  }
})
