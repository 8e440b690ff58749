import { fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DomainError, type RefusalCode, type Rest, refuse } from '@pf/contracts'
import type { OpenedStatement, SaidOfStatement } from '../application/open-statement.ts'
import type { Statements } from '../application/ports.ts'
import type { StatementBounds } from '../bounds.ts'

export type StatementQuestion = { bytes: Uint8Array; said: SaidOfStatement; known: readonly Rest.CsvMapping[] }
export type StatementAnswer = { opened: OpenedStatement } | { refused: { code: RefusalCode; detail: string } }

/** Beside this file, compiled or not as this one is: Node strips the types of a source by itself. */
const extension = extname(import.meta.url)
const module = fileURLToPath(new URL(`./statement-process${extension}`, import.meta.url))
const execArgv = extension === '.ts' ? ['--conditions=@pf/source', '--disable-warning=ExperimentalWarning'] : []

/** Node ends itself so where its heap is full, the kernel where the machine's memory is. */
const endsOfMemory: readonly (string | null)[] = ['SIGABRT', 'SIGKILL']

/**
 * A process for each file: what one file does to its memory is over with it, it can be stopped in the middle, and its
 * end is its own. A thread with bounds of its own once took the process with it.
 */
export function statementsInProcesses({ memoryMb, deadlineMs }: StatementBounds): Statements {
  return {
    async open(bytes, said, known = []) {
      const child = fork(module, [], {
        // Nothing there to be found.
        env: {},
        execArgv: [...execArgv, `--max-old-space-size=${memoryMb}`],
        // A file of fifty megabytes and its rows go over as they are, not as JSON.
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      const answer = Promise.withResolvers<StatementAnswer>()
      const late = setTimeout(() => answer.reject(tooSlow(deadlineMs)), deadlineMs)
      child.once('message', (said) => answer.resolve(said as StatementAnswer))
      child.once('error', answer.reject)
      child.once('exit', (code, signal) => answer.reject(endedBy(code, signal, memoryMb)))
      const question: StatementQuestion = { bytes, said, known }
      child.send(question, (error) => {
        // Where it has ended already, its end says more.
        if (error && child.exitCode === null && child.signalCode === null) answer.reject(error)
      })
      try {
        const said = await answer.promise
        if ('opened' in said) return said.opened
        throw new DomainError(said.refused.code, said.refused.detail)
      } finally {
        clearTimeout(late)
        child.kill('SIGKILL')
      }
    },
  }
}

const shorter = 'Ask the bank for shorter periods and take one after the other.'

const tooSlow = (deadlineMs: number): DomainError =>
  refuse('statement_too_large', `The file takes longer than ${deadlineMs / 1000} s to read. ${shorter}`)

const endedBy = (code: number | null, signal: string | null, memoryMb: number): Error =>
  endsOfMemory.includes(signal)
    ? refuse('statement_too_large', `The file takes more than ${memoryMb} MB to read. ${shorter}`)
    : new Error(`The process that read a statement ended without an answer (${signal ?? `exit code ${code}`}).`)
