import type { KnownRow } from './known-rows.ts'
import type { ObservationRow } from './lake.ts'
import { decide, emptyPlan, type LedgerPlan, link, type PlanContext, standingOf } from './ledger-plan.ts'

/** What other rules would make of the same answers. Views are matched by id: an id is minted from the bytes that first told it. */
export type RulesDifference = {
  unchanged: number
  added: readonly KnownRow[]
  changed: readonly { before: KnownRow; after: KnownRow }[]
  gone: readonly KnownRow[]
}

/** `settled`: payments on which the user has said something; no rule touches them. */
export function differenceOf(
  present: readonly KnownRow[],
  reread: readonly KnownRow[],
  settled: ReadonlySet<string>,
): RulesDifference {
  const free = (row: KnownRow) => !settled.has(row.transactionId) && !settled.has(row.viewId)
  const now = new Map(present.filter(free).map((row) => [row.viewId, row]))
  const then = new Map(reread.filter(free).map((row) => [row.viewId, row]))
  const both = [...then.values()].flatMap((after) => {
    const before = now.get(after.viewId)
    return before === undefined ? [] : [{ before, after }]
  })
  const changed = both.filter(({ before, after }) => !isSame(before, after))
  return {
    unchanged: both.length - changed.length,
    added: [...then.values()].filter((row) => !now.has(row.viewId)),
    changed,
    gone: [...now.values()].filter((row) => !then.has(row.viewId)),
  }
}

const isSame = (a: KnownRow, b: KnownRow): boolean => saidOf(a) === saidOf(b)

function saidOf({ transactionId, linked, status, date, amountMinor, currency, contentHash, source, flags }: KnownRow) {
  return [transactionId, linked, status, date, amountMinor, currency, contentHash, source, ...flags].join('|')
}

/**
 * The steps from the present state to the other one. What changes is taken out first, since a view may become another
 * payment's. `observationOf`: what the other reading observed; it is written again under an id of its own.
 */
export function planSwitch(
  { added, changed, gone }: Omit<RulesDifference, 'unchanged'>,
  observationOf: (id: string) => ObservationRow | undefined,
  context: PlanContext,
): LedgerPlan {
  const plan = emptyPlan(context)
  const why = { kind: 'reread', rule: 'rules_switched' }
  const moves = changed.filter(({ before, after }) => before.linked !== after.linked)
  for (const row of [...gone, ...moves.map(({ before }) => before)]) {
    step(plan, row, { ...standingOf(row), status: 'gone' }, row.date, why, context)
  }
  for (const row of [...added, ...moves.map(({ after }) => after)]) arrive(undefined, row)
  for (const { before, after } of changed) if (before.linked === after.linked) arrive(before, after)
  return plan

  function arrive(before: KnownRow | undefined, row: KnownRow): void {
    const observationId = before?.contentHash === row.contentHash ? before.observationId : observeAgain(row)
    step(plan, row, { ...standingOf(row), observationId }, before?.date, why, context)
  }

  function observeAgain({ observationId }: KnownRow): string {
    const observed = observationOf(observationId)
    // Read by the rules of before, and unchanged by those of today: it stands in the lake.
    if (observed === undefined) return observationId
    const again = context.idOf('observation', context.syncId, observationId)
    plan.observations.push({ ...observed, observation_id: again })
    return again
  }
}

function step(
  plan: LedgerPlan,
  row: KnownRow,
  to: ReturnType<typeof standingOf>,
  prevDate: string | undefined,
  why: { kind: string; rule: string },
  context: PlanContext,
): void {
  if (row.linked) link(plan, row, to, prevDate, why, context)
  else decide(plan, row.transactionId, to, prevDate, why, context)
}
