import type { KnownRow } from './known-rows.ts'
import {
  byUser,
  decide,
  emptyPlan,
  type LedgerPlan,
  link,
  type PlanContext,
  standingOf,
  type Why,
} from './ledger-plan.ts'
import { endView } from './user-words.ts'

/**
 * Notes which views a file told again, word for word: a step that changes nothing. Taking the file back has to know what
 * else tells a payment.
 */
export function noteTold(plan: LedgerPlan, views: readonly KnownRow[], context: PlanContext): void {
  const why: Why = { kind: 'told', rule: 'same_words' }
  for (const view of views) {
    if (view.linked) link(plan, view, standingOf(view), view.date, why, context)
    else decide(plan, view.transactionId, standingOf(view), view.date, why, context)
  }
}

/**
 * The views that a file told and nothing else of its kind does end. `views`: all views of the payments concerned. A payment
 * that another source tells goes on by that one's word.
 */
export function planTakenBack(
  views: readonly KnownRow[],
  { told, source }: { told: ReadonlySet<string>; source: string },
  context: PlanContext,
): { plan: LedgerPlan; gone: number } {
  const plan = emptyPlan(context)
  let gone = 0
  for (const view of views) {
    const ends = view.source === source && told.has(view.viewId)
    if (ends && endView(plan, view, views, byUser('taken_back'), context)) gone += 1
  }
  return { plan, gone }
}
