import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { DomainError, type RefusalCode, type Rest, refuse } from '@pf/contracts'
import type { OpenedStatement, SaidOfStatement } from '../application/open-statement.ts'
import type { Statements } from '../application/ports.ts'
import type { StatementBounds } from '../bounds.ts'

export type StatementQuestion = { bytes: Uint8Array; said: SaidOfStatement; known: readonly Rest.CsvMapping[] }
export type StatementAnswer = { opened: OpenedStatement } | { refused: { code: RefusalCode; detail: string } }

/** Beside this file, compiled or not as this one is: Node strips the types of a source by itself. */
const extension = extname(import.meta.url)
const module = new URL(`./statement-thread${extension}`, import.meta.url)
const execArgv = extension === '.ts' ? ['--conditions=@pf/source', '--disable-warning=ExperimentalWarning'] : []

/** A thread for each file: what one file does to its memory is over with it, and it can be stopped in the middle. */
export function statementsOnThreads({ memoryMb, deadlineMs }: StatementBounds): Statements {
  return {
    async open(bytes, said, known = []) {
      const question: StatementQuestion = { bytes, said, known }
      const worker = new Worker(module, {
        workerData: question,
        // Nothing there to be found.
        env: {},
        execArgv,
        resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: Math.ceil(memoryMb / 16) },
      })
      const answer = Promise.withResolvers<StatementAnswer>()
      const late = setTimeout(() => answer.reject(tooSlow(deadlineMs)), deadlineMs)
      worker.once('message', answer.resolve)
      worker.once('error', (error) => answer.reject(outOfMemory(error, memoryMb) ?? error))
      worker.once('exit', (code) =>
        answer.reject(new Error(`The thread that read a statement ended (exit code ${code}).`)),
      )
      try {
        const said = await answer.promise
        if ('opened' in said) return said.opened
        throw new DomainError(said.refused.code, said.refused.detail)
      } finally {
        clearTimeout(late)
        await worker.terminate()
      }
    },
  }
}

const shorter = 'Ask the bank for shorter periods and take one after the other.'

const tooSlow = (deadlineMs: number): DomainError =>
  refuse('statement_too_large', `The file takes longer than ${deadlineMs / 1000} s to read. ${shorter}`)

function outOfMemory(error: unknown, memoryMb: number): DomainError | undefined {
  const isIt =
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return isIt ? refuse('statement_too_large', `The file takes more than ${memoryMb} MB to read. ${shorter}`) : undefined
}
