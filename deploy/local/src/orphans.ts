import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { processOf } from './process-table.ts'

export type Recorded = { name: string; pid: number; startTime: string; stopSignal: NodeJS.Signals }
/** Who supervises a data folder, and its children, in the order in which they were started. */
export type RunRecord = { supervisor: { pid: number; startTime: string }; children: Recorded[] }

export function writeRecord(path: string, record: RunRecord): void {
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

export function readRecord(path: string): RunRecord | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunRecord) : undefined
}

const isStill = ({ pid, startTime }: { pid: number; startTime: string }): boolean =>
  processOf(pid)?.startTime === startTime

/** Whether the supervisor of this record still runs. */
export const isSupervised = (record: RunRecord): boolean => isStill(record.supervisor)

/**
 * Stops what a killed supervisor left behind, last started first. A process is an orphan of ours only where pid and
 * start time are those recorded in this very data folder: a pid that was given to somebody else is left alone.
 */
export async function stopOrphans(record: RunRecord): Promise<string[]> {
  const stopped: string[] = []
  for (const child of record.children.toReversed()) {
    if (!isStill(child)) continue
    process.kill(child.pid, child.stopSignal)
    for (let waitedMs = 0; isStill(child); waitedMs += 50) {
      if (waitedMs === 15_000) process.kill(child.pid, 'SIGKILL')
      await wait(50)
    }
    stopped.push(child.name)
  }
  return stopped
}

/** Makes way in a data folder: stops what a killed supervisor left behind. Throws where a system runs on it. */
export async function takeOver(recordPath: string, say: (line: string) => void): Promise<void> {
  const before = readRecord(recordPath)
  if (before === undefined) return
  if (isSupervised(before)) {
    throw new Error(
      `This data folder is in use by a system that runs already (process ${before.supervisor.pid}). ` +
        'Stop that one, or start with another PF_DATA_DIR, PF_API_PORT, PF_WEB_PORT and PF_SANDBOX_PORT.',
    )
  }
  const stopped = await stopOrphans(before)
  if (stopped.length > 0) say(`Stopped what an earlier start left behind: ${stopped.join(', ')}.`)
}
