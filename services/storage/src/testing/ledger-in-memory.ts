import { normalise, type Payload, rawRowOf } from '@pf/providers/rules'
import { derivedId } from '../adapters/derived-id.ts'
import { foldHeld, type HeldRows } from '../domain/held-rows.ts'
import { foldSteps, inOrder, type RowsByMonth } from '../domain/known-rows.ts'
import { dayBefore } from '../domain/ledger-plan.ts'
import { MATCHING_DAYS, planSync, type SyncPlan } from '../domain/sync-plan.ts'

/** One answer of a bank; moments in RFC 3339, days of the account. */
export type Answer = { payload: Payload; window: { from: string; to: string }; fetchedAt: string; bankNow: string }
export type LedgerInMemory = { take(answer: Answer): SyncPlan }

/** The ledger of one account without log and lake: answers go in, in their order, and rows of the lake come out. */
export function ledgerInMemory(account: {
  spaceId: string
  accountId: string
  institutionId: string
  currency: string
  timeZone: string
}): LedgerInMemory {
  const { spaceId, accountId, institutionId, currency, timeZone } = account
  const rows: RowsByMonth = new Map()
  let held: HeldRows = new Map()
  let decisionSeq = 0
  return {
    take({ payload, window, fetchedAt, bankNow }) {
      const syncId = derivedId('sync', accountId, fetchedAt)
      const answer = normalise(payload, { institutionId, today: window.to, timeZone, currency, dateFrom: window.from })
      const since = dayBefore(window.from, MATCHING_DAYS)
      const months = [...rows].filter(([month]) => month >= since.slice(0, 7))
      const known = months.flatMap(([, byView]) => [...byView.values()]).filter(({ date }) => date >= since)
      const plan = planSync(known, answer, {
        spaceId,
        accountId,
        connectionId: derivedId('connection', spaceId),
        syncId,
        source: 'sandbox',
        window,
        raw: { key: `raw/${spaceId}/${accountId}/${syncId}.zst`, sha256: derivedId('raw', syncId) },
        fetchedAt,
        bankNow,
        normaliserVersion: answer.version,
        decidedAt: fetchedAt,
        decisionSeq,
        idOf: derivedId,
        covered: {},
        held,
        words: {},
        rawRow: (index) => rawRowOf(payload, index),
      })
      decisionSeq = plan.decisionSeq
      held = foldHeld(held, plan.held)
      const observed = new Map(plan.observations.map((row) => [row.observation_id, row]))
      foldSteps(rows, inOrder(plan.decisions, plan.links), observed)
      return plan
    },
  }
}
