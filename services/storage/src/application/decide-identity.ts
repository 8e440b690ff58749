import { type InputOf, type Principal, type Rest, refuse, type requests } from '@pf/contracts'
import { decisions, links } from '../domain/lake.ts'
import { type IdentityWord, type Ledger, standingWord, type WordEvent } from '../domain/ledger.ts'
import { emptyPlan, type LedgerPlan, type PlanContext } from '../domain/ledger-plan.ts'
import { type Before, byPayment, type Merged, planApart, planDifferent, planSame } from '../domain/user-words.ts'
import { accountsOf } from './accounts-of.ts'
import type { Parts } from './parts.ts'
import { type Account, type Present, presentOf } from './present.ts'
import { takeWord } from './take-word.ts'

type Said = InputOf<typeof requests.storage.decideIdentity>

/** Newest first, those taken back as well. */
export async function identityDecisionsOf(parts: Parts, spaceId: string): Promise<Rest.IdentityDecision[]> {
  const accounts = await accountsOf(parts, spaceId)
  const all = await Promise.all(accounts.map(async (account) => (await presentOf(account, parts)).ledger.identity))
  return all
    .flat()
    .map(decisionView)
    .sort((a, b) => (a.decided_at < b.decided_at ? 1 : -1))
}

const decisionView = (word: IdentityWord): Rest.IdentityDecision => ({
  id: word.decisionId,
  account_id: word.accountId,
  verdict: word.verdict,
  transaction_ids: word.transactionIds,
  transaction_id: word.transactionIds[0] ?? '',
  decided_at: word.decidedAt,
  taken_back_at: word.takenBackAt ?? null,
})

/**
 * The user's word on what is one payment, kept with who said it and when. `same`: all are the first. `different`: what a
 * user or a doubtful rule joined is apart again; of payments that never were one it is written down alone. Throws
 * transaction_not_found, accounts_differ, currencies_differ, nothing_to_split.
 */
export async function decideIdentity(
  parts: Parts,
  said: Said,
  { spaceId, userId }: Principal,
): Promise<Rest.IdentityDecision> {
  const account = await accountOf(parts, spaceId, said.transactionIds)
  const decidedAt = parts.clock.now().toISOString()
  const { state } = await takeWord(
    account,
    { name: said.decisionId, commandId: said.commandId },
    async (present) => {
      const context = contextFor(account, said.decisionId, { decidedAt, present }, parts)
      const { plan, transactionIds, undone } =
        said.verdict === 'same'
          ? planJoin(said.transactionIds, present, context)
          : await planSplit(parts, said.transactionIds, present, context)
      const { decisionId, verdict } = said
      const by = { accountId: account.accountId, decidedBy: userId, decidedAt }
      return {
        plan,
        events: (files, decisionSeq) => [
          ...(undone === undefined ? [] : [takenBack({ ...by, decisionId: undone, files: [], decisionSeq })]),
          { type: 'IdentityDecided', data: { ...by, decisionId, verdict, transactionIds, files, decisionSeq } },
        ],
      }
    },
    parts,
  )
  const word = standingWord(state, said.decisionId)
  if (word === undefined) throw new Error(`Decision ${said.decisionId} was appended and is not in the ledger.`)
  return decisionView(word)
}

type TakenBack = Extract<WordEvent, { type: 'IdentityDecisionTakenBack' }>
const takenBack = (data: TakenBack['data']): TakenBack => ({ type: 'IdentityDecisionTakenBack', data })

/** `undone`: an earlier word that this one takes back. */
type Planned = { plan: LedgerPlan; transactionIds: string[]; undone?: string }

const planJoin = (ids: string[], present: Present, context: PlanContext): Planned => ({
  plan: planSame(paymentsOf(ids, present), ids, context),
  transactionIds: ids,
})

const paymentsOf = (ids: readonly string[], { rows }: Present) => byPayment(rows.viewsOf(new Set(ids)))

/** The one account that all of these are, or were, payments of. Throws transaction_not_found, accounts_differ. */
async function accountOf(parts: Parts, spaceId: string, transactionIds: readonly string[]): Promise<Account> {
  const owners = new Map<string, Account>()
  for (const account of await accountsOf(parts, spaceId)) {
    const { ledger, rows } = await presentOf(account, parts)
    const here = new Set(rows.viewsOf(new Set(transactionIds)).map((view) => view.transactionId))
    for (const id of transactionIds) if (here.has(id) || mergedIds(ledger).has(id)) owners.set(id, account)
  }
  const accounts = new Set([...owners.values()].map(({ accountId }) => accountId))
  if (transactionIds.some((id) => !owners.has(id))) {
    throw refuse('transaction_not_found', 'One of these is no payment of yours. GET /transactions lists them.')
  }
  const [account] = owners.values()
  if (accounts.size > 1 || account === undefined) {
    throw refuse('accounts_differ', 'These are payments of different accounts: a transfer, not one payment.')
  }
  return account
}

const mergedIds = ({ identity }: Ledger): Set<string> =>
  new Set(identity.flatMap((word) => (word.verdict === 'same' && !word.takenBackAt ? word.transactionIds : [])))

/** `transactionIds`: those that are apart now, the given ones first. */
async function planSplit(
  parts: Parts,
  said: readonly string[],
  present: Present,
  context: PlanContext,
): Promise<Planned> {
  const ids = [...new Set(said)]
  const merged = present.ledger.identity.findLast(
    (word) =>
      word.verdict === 'same' && !word.takenBackAt && ids.filter((id) => word.transactionIds.includes(id)).length > 1,
  )
  if (merged !== undefined) {
    const plan = planApart(
      paymentsOf(merged.transactionIds, present),
      merged.transactionIds,
      await mergedBy(parts, merged),
      context,
    )
    return { plan, transactionIds: ids, undone: merged.decisionId }
  }
  const [only, ...others] = ids
  if (only === undefined || others.length > 0) return { plan: emptyPlan(context), transactionIds: ids }
  const before = await beforeDoubt(parts, only, present.ledger)
  const { plan, apart } = planDifferent(paymentsOf(ids, present), only, before, context)
  return { plan, transactionIds: [only, ...apart] }
}

/** Which views a `same` moved, read back from its own rows. */
async function mergedBy({ lake }: Parts, { decisionId, files }: IdentityWord): Promise<Merged> {
  const rows = await Promise.all(
    files
      .filter((file) => file.dataset === 'links')
      .map((file) => lake.read(links, file, ['sync_id', 'view_id', 'prev_transaction_id'])),
  )
  const own = rows.flat().filter((row) => row.sync_id === decisionId)
  return own.map((row) => ({ viewId: row.view_id, before: row.prev_transaction_id }))
}

/** Rules that looked at texts alone. */
const doubtful = new Set(['vanish_appear', 'pending_similar', 'pending_redated'])

const stepColumns = [
  'decision_seq',
  'transaction_id',
  'observation_id',
  'rule',
  'status',
  'missing_upstream',
  'date',
  'amount_minor',
  'currency',
] as const

/** How the payment stood before the last doubtful match; undefined where there was none. Reads all its account's decisions. */
async function beforeDoubt({ lake }: Parts, transactionId: string, { files }: Ledger): Promise<Before | undefined> {
  const read = await Promise.all(
    files.filter((file) => file.dataset === 'decisions').map((file) => lake.read(decisions, file, stepColumns)),
  )
  const steps = read
    .flat()
    .filter((step) => step.transaction_id === transactionId)
    .sort((a, b) => Number(a.decision_seq - b.decision_seq))
  const doubted = steps.findLastIndex((step) => doubtful.has(step.rule))
  const before = steps[doubted - 1]
  if (doubted < 1 || before === undefined) return undefined
  const { date, currency, amount_minor: amountMinor, observation_id: observationId } = before
  const status = before.status === 'pending' ? 'pending' : 'booked'
  return { standing: { date, currency, amountMinor, observationId, status, missing: status === 'booked' } }
}

function contextFor(
  { accountId }: Account,
  syncId: string,
  { decidedAt, present }: { decidedAt: string; present: Present },
  { idOf }: Parts,
): PlanContext {
  return { accountId, syncId, decidedAt, decisionSeq: present.ledger.decisionSeq, idOf }
}

/** As if it had not been said, with what the sources have told since. Throws decision_not_found. */
export async function undecideIdentity(
  parts: Parts,
  { id, commandId }: InputOf<typeof requests.storage.undecideIdentity>,
  { spaceId, userId }: Principal,
): Promise<object> {
  const account = await ownerOf(parts, spaceId, id)
  const decidedAt = parts.clock.now().toISOString()
  await takeWord(
    account,
    { name: parts.idOf('taken back', id), commandId },
    async (present) => {
      const word = standingWord(present.ledger, id)
      if (word === undefined) throw unknownDecision()
      const context = contextFor(account, parts.idOf('taken back', id), { decidedAt, present }, parts)
      const plan = await planUnsaid(parts, word, present, context)
      const data = { decisionId: id, accountId: account.accountId, decidedBy: userId, decidedAt }
      return {
        plan,
        events: (files, decisionSeq) => [takenBack({ ...data, files, decisionSeq })],
      }
    },
    parts,
  )
  return {}
}

/** A `same` apart again; a `different` joined again, as far as its payments are still there. */
async function planUnsaid(
  parts: Parts,
  word: IdentityWord,
  present: Present,
  context: PlanContext,
): Promise<LedgerPlan> {
  const payments = paymentsOf(word.transactionIds, present)
  if (word.verdict === 'same') {
    return planApart(payments, word.transactionIds, await mergedBy(parts, word), context)
  }
  const there = word.transactionIds.filter((id) => payments.has(id))
  return word.files.length === 0 || there.length < 2 ? emptyPlan(context) : planSame(payments, there, context)
}

const unknownDecision = () =>
  refuse('decision_not_found', 'There is no such decision that stands. GET /identity/decisions lists them.')

async function ownerOf(parts: Parts, spaceId: string, decisionId: string): Promise<Account> {
  for (const account of await accountsOf(parts, spaceId)) {
    const { ledger } = await presentOf(account, parts)
    if (standingWord(ledger, decisionId) !== undefined) return account
  }
  throw unknownDecision()
}
