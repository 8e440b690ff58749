import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const tailBytes = 16 * 1024

/** Why a process ended, by the end of its log: the error that Node printed, or the last line logged as fatal. */
export function lastWordsOf(log: string): string | undefined {
  for (const line of log.split('\n').reverse()) {
    const thrown = /^(?:Uncaught )?[A-Z][A-Za-z]*(?: \[[^\]]+\])?: (.+)$/.exec(line)
    if (thrown?.[1] !== undefined) return thrown[1]
    if (line.startsWith('{') && line.includes('"level":"fatal"')) return fatalMessage(line)
  }
  return undefined
}

function fatalMessage(line: string): string | undefined {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return [msg, err?.message].filter((part) => part !== undefined).join(': ')
  } catch {
    // Half a line: the log was cut there.
    return undefined
  }
}

/** The end of a log file, whole lines not promised. */
export function tailOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, tailBytes))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('utf8')
  } finally {
    closeSync(file)
  }
}
