import { type InputOf, type LedgerFile, type Principal, type Rest, refuse, type requests } from '@pf/contracts'
import { type Correction, correctedRow, NORMALISER_VERSION, parseAmount } from '@pf/providers/rules'
import type { HeldWord } from '../domain/held-rows.ts'
import type { HeldLakeRow } from '../domain/lake.ts'
import type { WordEvent } from '../domain/ledger.ts'
import {
  byUser,
  decide,
  emptyPlan,
  type LedgerPlan,
  link,
  observe,
  type PlanContext,
  type Told,
} from '../domain/ledger-plan.ts'
import { endView } from '../domain/user-words.ts'
import { findHeld, heldItem, verdictsOf } from './held-views.ts'
import type { Parts } from './parts.ts'
import { type Account, type Present } from './present.ts'
import { contextOf, statedRow } from './stated-row.ts'
import { takeWord } from './take-word.ts'

type Said = InputOf<typeof requests.storage.decideHeld>

/** The view that a held row becomes: the same each time. */
export const viewIdOf = (row: Pick<HeldLakeRow, 'held_id'>, { idOf }: Parts): string =>
  idOf('transaction', 'held', row.held_id)

/**
 * The user's word on a held row, which lets nobody guess. Throws held_not_found, held_decided, held_correction_needed,
 * transaction_not_found, invalid_input.
 */
export async function decideHeld(parts: Parts, said: Said, { spaceId, userId }: Principal): Promise<Rest.HeldItem> {
  const { account, row } = await findHeld(parts, spaceId, said.id)
  if (!verdictsOf(row).includes(said.verdict)) {
    throw refuse('invalid_input', `This can only be one of: ${verdictsOf(row).join(', ')}.`)
  }
  const correction = correctionOf(said)
  const decidedAt = parts.clock.now().toISOString()
  await takeWord(
    account,
    { name: row.held_id, commandId: said.commandId },
    async (present) => {
      if (present.ledger.words[row.held_id] !== undefined) {
        throw refuse('held_decided', 'This row has been decided; take that back first.')
      }
      const { plan, transactionId } = await planVerdict(parts, { account, row, said, correction, decidedAt }, present)
      const event = (files: LedgerFile[], decisionSeq: number): WordEvent => ({
        type: 'HeldDecided',
        data: {
          heldId: row.held_id,
          accountId: account.accountId,
          verdict: said.verdict,
          ...(correction === undefined ? {} : { correction: toldOf(correction) }),
          ...(transactionId === undefined ? {} : { transactionId }),
          files,
          decisionSeq,
          decidedBy: userId,
          decidedAt,
        },
      })
      return { plan, events: (files, seq) => [event(files, seq)] }
    },
    parts,
  )
  return heldItem(await findHeld(parts, spaceId, said.id), parts)
}

function correctionOf({ date, amount }: Said): Correction | undefined {
  if (date === undefined && amount === undefined) return undefined
  if (amount === undefined) return { date }
  const parsed = parseAmount(amount.amount, amount.currency)
  if (!parsed.ok) {
    throw refuse(
      'invalid_input',
      `${amount.amount} ${amount.currency} is no amount (${parsed.reason}). Send it as "-12.34".`,
    )
  }
  const money = { amountMinor: parsed.amountMinor, currency: amount.currency }
  return { money, ...(date === undefined ? {} : { date }) }
}

const toldOf = ({ date, money }: Correction) => ({
  ...(date === undefined ? {} : { date }),
  ...(money === undefined ? {} : { amountMinor: String(money.amountMinor), currency: money.currency }),
})

type Verdict = {
  account: Account
  row: HeldLakeRow
  said: Said
  correction: Correction | undefined
  decidedAt: string
}
type Planned = { plan: LedgerPlan; transactionId?: string }

async function planVerdict(parts: Parts, verdict: Verdict, present: Present): Promise<Planned> {
  const { account, row, said, decidedAt } = verdict
  const context = contextFor(account, said.id, { decidedAt, present }, parts)
  if (said.verdict === 'dismiss') return { plan: emptyPlan(context) }
  const target = said.verdict === 'same' ? requiredTarget(said, present) : undefined
  // An unreadable row that says again what is known needs no view: it is recognised by itself when it comes again.
  if (target !== undefined && row.reason !== 'sources_differ')
    return { plan: emptyPlan(context), transactionId: target }
  const { neutral } = await statedRow(account, row, present.ledger, parts)
  const asOf = {
    today: row.observed_at.slice(0, 10),
    currency: row.currency ?? verdict.correction?.money?.currency ?? '',
  }
  const reading = await contextOf(account, asOf, parts)
  const position = {
    index: row.row_index,
    section: row.section === 'pending' ? ('pending' as const) : ('booked' as const),
  }
  const read = correctedRow(neutral, position, verdict.correction ?? {}, reading)
  if (typeof read === 'string') {
    const needed = read === 'no_date' ? 'its day (`date`)' : 'its amount (`amount`, with a currency)'
    throw refuse('held_correction_needed', `The row cannot become a payment without ${needed}.`)
  }
  const plan = emptyPlan(context)
  const viewId = viewIdOf(row, parts)
  const to = observe(plan, read, toldBy(row, account), context)
  const why = byUser(target === undefined ? 'new' : 'linked')
  if (target === undefined) decide(plan, viewId, to, undefined, why, context)
  else link(plan, { viewId, transactionId: target, source: row.source }, to, undefined, why, context)
  return { plan, transactionId: target ?? viewId }
}

/** Throws transaction_not_found. */
function requiredTarget({ transactionId }: Said, { rows }: Present): string {
  if (transactionId === undefined) {
    throw refuse(
      'invalid_input',
      'Say which payment it is: `transaction_id`, one of the candidates or another of the account.',
    )
  }
  if (!rows.viewsOf(new Set([transactionId])).some((view) => !view.linked)) {
    throw refuse('transaction_not_found', 'There is no such payment in this account. GET /transactions lists them.')
  }
  return transactionId
}

function contextFor(
  { accountId }: Account,
  name: string,
  { decidedAt, present }: { decidedAt: string; present: Present },
  { idOf }: Parts,
): PlanContext {
  return { accountId, syncId: name, decidedAt, decisionSeq: present.ledger.decisionSeq, idOf }
}

const toldBy = (row: HeldLakeRow, { spaceId }: Account): Told => ({
  spaceId,
  connectionId: '',
  source: row.source,
  raw: { key: row.raw_key, sha256: row.raw_sha256 },
  fetchedAt: row.observed_at,
  bankNow: row.observed_at,
  normaliserVersion: NORMALISER_VERSION,
})

/** As if nothing had been said: the row waits again. Throws held_not_found, held_undecided. */
export async function undecideHeld(
  parts: Parts,
  { id, commandId }: InputOf<typeof requests.storage.undecideHeld>,
  { spaceId, userId }: Principal,
): Promise<object> {
  const { account, row } = await findHeld(parts, spaceId, id)
  const decidedAt = parts.clock.now().toISOString()
  await takeWord(
    account,
    { name: id, commandId },
    (present) => {
      const word: HeldWord | undefined = present.ledger.words[id]
      const context = contextFor(account, id, { decidedAt, present }, parts)
      const data = { heldId: id, accountId: account.accountId, decidedBy: userId, decidedAt }
      return {
        plan: planUnsaid(word, viewIdOf(row, parts), present, context),
        events: (files, decisionSeq) => [{ type: 'HeldDecisionTakenBack', data: { ...data, files, decisionSeq } }],
      }
    },
    parts,
  )
  return {}
}

/** What the row became is gone, or no view of another payment any more. */
function planUnsaid(word: HeldWord | undefined, viewId: string, { rows }: Present, context: PlanContext): LedgerPlan {
  const plan = emptyPlan(context)
  const view = word?.transactionId === undefined ? undefined : rows.view(viewId)
  if (view !== undefined)
    endView(plan, view, rows.viewsOf(new Set([view.transactionId])), byUser('taken_back'), context)
  return plan
}
