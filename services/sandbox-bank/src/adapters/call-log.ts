import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** One call on the wire. `status` 0: the connection was dropped without an answer; null: not answered yet. */
export type Call = {
  at: string
  method: string
  /** With its query, as received. */
  path: string
  scope?: string
  account_id?: string
  status: number | null
}

export type CallLog = {
  received(id: string, call: Omit<Call, 'status'>): void
  /** On disk when this returns; a call that was never received is none of the wire's. */
  answered(id: string, status: number): void
  /** One JSON text per call in the order of answering, read from disk as it is consumed; then what is still open. */
  lines(): AsyncIterable<string>
  clear(): void
  close(): void
}

/** Every call in a file of lines; only those that wait for their answer are in memory. */
export function openCallLog(dir: string): CallLog {
  mkdirSync(dir, { recursive: true })
  const path = join(dir, 'calls.ndjson')
  const fd = openSync(path, 'a')
  dropTornTail(path)
  const open = new Map<string, Omit<Call, 'status'>>()
  return {
    received: (id, call) => {
      open.set(id, call)
    },
    answered: (id, status) => {
      const call = open.get(id)
      if (!call) return
      writeSync(fd, `${JSON.stringify({ ...call, status })}\n`)
      open.delete(id)
    },
    lines: async function* () {
      yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })
      for (const call of open.values()) yield JSON.stringify({ ...call, status: null })
    },
    clear: () => {
      ftruncateSync(fd, 0)
      open.clear()
    },
    close: () => closeSync(fd),
  }
}

function dropTornTail(path: string): void {
  const bytes = readFileSync(path)
  const whole = bytes.lastIndexOf(0x0a) + 1
  if (whole < bytes.length) truncateSync(path, whole)
}
