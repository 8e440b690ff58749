import { DomainError, type LedgerEvent, type LedgerFile } from '@pf/contracts'
import type { Handled } from '@pf/eventing'
import type { Ledger, WordEvent } from '../domain/ledger.ts'
import type { LedgerPlan } from '../domain/ledger-plan.ts'
import type { Parts } from './parts.ts'
import { type Account, type Present, presentOf } from './present.ts'
import { settle, writePlan } from './write-plan.ts'

/** What is to be written, and the events that name the files: told the files and the number of the last step. */
export type Word = {
  plan: LedgerPlan
  events(files: LedgerFile[], decisionSeq: number): WordEvent[]
}

/** Another replica may have decided first so many times in a row before we give up. */
const MAX_ATTEMPTS = 5

/**
 * A user's word: planned against the ledger as it is, its rows uploaded, then one message. `name`: of the decision or the
 * import, which its files are called by. Throws what `plan` refuses and what the ledger refuses.
 */
export async function takeWord(
  account: Account,
  { name, commandId }: { name: string; commandId: string },
  plan: (present: Present) => Word | Promise<Word>,
  parts: Parts,
): Promise<Handled<Ledger, LedgerEvent>> {
  const { spaceId, accountId } = account
  for (let attempt = 1; ; attempt++) {
    const present = await presentOf(account, parts)
    const word = await plan(present)
    const day = parts.clock.now().toISOString().slice(0, 10)
    const files = await writePlan(word.plan, { spaceId, accountId, day, name }, parts.lake)
    const { decisionSeq: decidedFrom } = present.ledger
    try {
      const events = word.events(files, word.plan.decisionSeq)
      const command = { type: 'TakeWord' as const, decidedFrom, events }
      const handled = await parts.ledgers.handle({ spaceId, aggregateId: accountId }, command, { commandId })
      const theirs = handled.events.flatMap(({ data }) => data.files)
      const ours = events.flatMap(({ data }) => data.files)
      settle(account, handled.state, { plan: word.plan, ours, theirs }, parts.rows)
      return handled
    } catch (error) {
      const overtaken = error instanceof DomainError && error.code === 'conflict'
      if (!overtaken || attempt === MAX_ATTEMPTS) throw error
    }
  }
}
