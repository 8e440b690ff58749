import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FromChild, ToChild } from './protocol.ts'

/** Beside this file, compiled or not as this one is: Node strips the types of a source by itself. */
const module = fileURLToPath(new URL(`./child${extname(import.meta.url)}`, import.meta.url))

/** The process ended without an answer; `signal` where it was killed, as by a kernel that has no memory left. */
export class SqlProcessEnded extends Error {
  readonly signal: string | null

  constructor(code: number | null, signal: string | null) {
    super(`sql_process_ended: found its end (${signal ?? `exit code ${code}`}), expected an answer.`)
    this.name = 'SqlProcessEnded'
    this.signal = signal
  }
}

export interface SqlProcess {
  readonly pid: number | undefined
  /** Throws SqlProcessEnded, the signal's reason. */
  tell(message: ToChild, signal: AbortSignal): Promise<FromChild>
  /** Resolves when it is gone, whatever it was doing. */
  end(): Promise<void>
}

export function startSqlProcess(): SqlProcess {
  const child = fork(module, [], {
    // An empty environment: nothing there to be found.
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=256'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const gone = once(child, 'exit').then(
    () => undefined,
    () => undefined,
  )
  return {
    pid: child.pid,
    tell: (message, signal) => answerOf(child, message, signal),
    async end() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function answerOf(child: ChildProcess, message: ToChild, signal: AbortSignal): Promise<FromChild> {
  signal.throwIfAborted()
  const answer = Promise.withResolvers<FromChild>()
  const heard = (said: unknown) => answer.resolve(said as FromChild)
  const ended = (code: number | null, by: string | null) => answer.reject(new SqlProcessEnded(code, by))
  const aborted = () => answer.reject(signal.reason)
  child.once('message', heard)
  child.once('exit', ended)
  child.once('error', answer.reject)
  signal.addEventListener('abort', aborted)
  try {
    if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode)
    else child.send(message, (error) => error && answer.reject(error))
    return await answer.promise
  } finally {
    child.off('message', heard)
    child.off('exit', ended)
    child.off('error', answer.reject)
    signal.removeEventListener('abort', aborted)
  }
}
