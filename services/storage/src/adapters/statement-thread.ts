import { parentPort, workerData } from 'node:worker_threads'
import { DomainError } from '@pf/contracts'
import { openStatement } from '../application/open-statement.ts'
import type { StatementAnswer, StatementQuestion } from './statements-on-threads.ts'

const { bytes, said, known } = workerData as StatementQuestion
parentPort?.postMessage(answer())

function answer(): StatementAnswer {
  try {
    return { opened: openStatement(bytes, said, known) }
  } catch (error) {
    if (error instanceof DomainError) return { refused: { code: error.code, detail: error.detail } }
    throw error
  }
}
