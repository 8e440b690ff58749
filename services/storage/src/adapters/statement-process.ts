import { writeFile } from 'node:fs/promises'
import { DomainError } from '@pf/contracts'
import { openStatement } from '../application/open-statement.ts'
import type { StatementAnswer, StatementQuestion } from './statements-in-processes.ts'

/**
 * A process for one statement file: it reads no environment and has no secrets. Having answered it waits until it is
 * ended: one that leaves by itself may be gone before its answer is heard.
 */
process.on('message', (question) => process.send?.(answerTo(question as StatementQuestion)))

function answerTo({ bytes, said, known }: StatementQuestion): StatementAnswer {
  try {
    return { opened: openStatement(bytes, said, known) }
  } catch (error) {
    if (error instanceof DomainError) return { refused: { code: error.code, detail: error.detail } }
    throw error
  }
}

// Where memory runs out all the same, the kernel ends this process first. Only Linux knows of it.
await writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined)
