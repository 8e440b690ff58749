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

/** One call on the wire. `status` 0: the connection was dropped without an answer. */
export type Call = {
  at: string
  method: string
  path: string
  query?: Record<string, string>
  scope?: string
  account_id?: string
  status: number
}

export type CallLog = {
  append(call: Call): void
  /** One JSON text per call, oldest first, read from disk as it is consumed. */
  lines(): AsyncIterable<string>
  clear(): void
  close(): void
}

/** Every call in a file of lines: on disk when `append` returns, none of them kept in memory. */
export function openCallLog(dir: string): CallLog {
  mkdirSync(dir, { recursive: true })
  const path = join(dir, 'calls.ndjson')
  const fd = openSync(path, 'a')
  dropTornTail(path)
  return {
    append: (call) => {
      writeSync(fd, `${JSON.stringify(call)}\n`)
    },
    lines: () => createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY }),
    clear: () => ftruncateSync(fd, 0),
    close: () => closeSync(fd),
  }
}

function dropTornTail(path: string): void {
  const bytes = readFileSync(path)
  const whole = bytes.lastIndexOf(0x0a) + 1
  if (whole < bytes.length) truncateSync(path, whole)
}
