import { refuse } from '@pf/contracts'
import type { KnownRow } from './known-rows.ts'
import {
  bestOf,
  byUser,
  decide,
  demote,
  emptyPlan,
  type LedgerPlan,
  link,
  type PlanContext,
  promote,
  type Standing,
  standingOf,
  unlink,
  type Why,
} from './ledger-plan.ts'

/** All views of the payments that a word is about. */
export type Payments = ReadonlyMap<string, readonly KnownRow[]>

export function byPayment(views: readonly KnownRow[]): Payments {
  const payments = new Map<string, KnownRow[]>()
  for (const view of views) {
    const of = payments.get(view.transactionId)
    if (of === undefined) payments.set(view.transactionId, [view])
    else of.push(view)
  }
  return payments
}

/** Throws transaction_not_found. */
function primaryOf(payments: Payments, transactionId: string): KnownRow {
  const primary = payments.get(transactionId)?.find((view) => !view.linked)
  if (primary === undefined) {
    throw refuse('transaction_not_found', 'There is no such payment in this account. GET /transactions lists them.')
  }
  return primary
}

/**
 * They are one payment, the first: the others' ids are gone, and their sources' views go on as views of the first, so that
 * what the bank delivers again finds them. Its state is the best of all views. Throws transaction_not_found,
 * currencies_differ.
 */
export function planSame(payments: Payments, transactionIds: readonly string[], context: PlanContext): LedgerPlan {
  const [first, ...others] = [...new Set(transactionIds)].map((id) => primaryOf(payments, id))
  if (first === undefined || others.length === 0) {
    throw refuse('invalid_input', 'It takes two different payments to be the same. Send two ids or more.')
  }
  if (others.some((other) => other.currency !== first.currency)) {
    throw refuse('currencies_differ', 'These payments are of different currencies, so they cannot be one.')
  }
  const plan = emptyPlan(context)
  const why = byUser('merged')
  for (const other of others) {
    for (const view of payments.get(other.transactionId) ?? []) {
      if (view.linked) moveTo(plan, view, first.transactionId, why, context)
    }
    decide(plan, other.transactionId, { ...standingOf(other), status: 'gone' }, other.date, why, context)
  }
  const best = bestOf([first, ...others])
  if (best !== undefined && best !== first) {
    decide(plan, first.transactionId, standingOf(best), first.date, why, context)
    demote(plan, first, first.transactionId, why, context)
  }
  for (const other of others) {
    const view = { viewId: other.transactionId, transactionId: first.transactionId, source: other.source }
    if (other !== best) link(plan, { ...view, before: other.transactionId }, standingOf(other), undefined, why, context)
  }
  return plan
}

function moveTo(plan: LedgerPlan, view: KnownRow, transactionId: string, why: Why, context: PlanContext): void {
  const moved = { viewId: view.viewId, transactionId, source: view.source, before: view.transactionId }
  link(plan, moved, standingOf(view), view.date, why, context)
}

/** What a `same` did, as its rows of dataset `links` say: which view came from which payment. */
export type Merged = readonly { viewId: string; before: string | null }[]

/**
 * The others of a `same` are payments of their own again, as their sources tell them now. Where the state of the first was
 * taken from one of them, the first has its own view back.
 */
export function planApart(
  payments: Payments,
  transactionIds: readonly string[],
  merged: Merged,
  context: PlanContext,
): LedgerPlan {
  const [firstId = '', ...otherIds] = transactionIds
  const views = payments.get(firstId) ?? []
  const cameFrom = new Map(merged.map(({ viewId, before }) => [viewId, before]))
  const plan = emptyPlan(context)
  const why = byUser('restored')
  const own = views.find((view) => view.linked && cameFrom.get(view.viewId) === firstId)
  const primary = views.find((view) => !view.linked)
  if (own !== undefined && primary !== undefined) {
    promote(plan, own, { transactionId: firstId, prevDate: primary.date }, why, context)
    const [giver] = otherIds.filter((id) => !views.some((view) => view.viewId === id))
    if (giver !== undefined) decide(plan, giver, standingOf(primary), undefined, why, context)
  }
  for (const id of otherIds) {
    const view = views.find(({ linked, viewId }) => linked && viewId === id)
    if (view !== undefined) {
      unlink(plan, view, why, context)
      decide(plan, id, standingOf(view), undefined, why, context)
    }
    for (const moved of views) {
      if (moved.linked && moved.viewId !== id && cameFrom.get(moved.viewId) === id)
        moveTo(plan, moved, id, why, context)
    }
  }
  return plan
}

/** How a payment stood before a doubtful match gave it another row. */
export type Before = { standing: Standing }

/**
 * What a doubtful rule joined becomes two payments again: every view of another source its own; and, where the payment was
 * matched with a row that merely looked similar, as it was `before` that, beside a new payment of what it became.
 * Throws nothing_to_split.
 */
export function planDifferent(
  payments: Payments,
  transactionId: string,
  before: Before | undefined,
  context: PlanContext,
): { plan: LedgerPlan; apart: string[] } {
  const primary = primaryOf(payments, transactionId)
  const linked = (payments.get(transactionId) ?? []).filter((view) => view.linked)
  const plan = emptyPlan(context)
  const why = byUser('split')
  const apart: string[] = []
  for (const view of linked) {
    unlink(plan, view, why, context)
    decide(plan, view.viewId, standingOf(view), undefined, why, context)
    apart.push(view.viewId)
  }
  if (linked.length === 0 && before !== undefined) {
    const own = context.idOf('transaction', context.accountId, transactionId, context.syncId)
    decide(plan, transactionId, before.standing, primary.date, why, context)
    decide(plan, own, standingOf(primary), undefined, why, context)
    apart.push(own)
  }
  if (apart.length === 0) {
    const found = 'No source and no doubtful rule joined anything to this payment'
    throw refuse('nothing_to_split', `${found}; send the ids of two payments to say that they are different.`)
  }
  return { plan, apart }
}

/** A view ends. Where it was the primary one, the best of the others takes its place; without any the payment is gone. */
export function endView(
  plan: LedgerPlan,
  view: KnownRow,
  views: readonly KnownRow[],
  why: Why,
  context: PlanContext,
): boolean {
  if (view.linked) {
    unlink(plan, view, why, context)
    return false
  }
  const next = bestOf(views.filter((other) => other.linked && other.transactionId === view.transactionId))
  const { transactionId, date: prevDate } = view
  if (next !== undefined) {
    promote(plan, next, { transactionId, prevDate }, why, context)
    return false
  }
  decide(plan, transactionId, { ...standingOf(view), status: 'gone' }, prevDate, why, context)
  return true
}
