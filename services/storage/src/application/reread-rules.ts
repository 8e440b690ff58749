import type { LedgerEvent, Principal, Rest } from '@pf/contracts'
import { formatAmount, IDENTITY_VERSION, NORMALISER_VERSION, UnreadablePayload } from '@pf/providers/rules'
import { foldHeld } from '../domain/held-rows.ts'
import { inOrder, type KnownRow } from '../domain/known-rows.ts'
import type { ObservationRow } from '../domain/lake.ts'
import { evolve, type Imported, initial } from '../domain/ledger.ts'
import type { LedgerPlan } from '../domain/ledger-plan.ts'
import { differenceOf, planSwitch, type RulesDifference } from '../domain/rules-difference.ts'
import { accountsOf } from './accounts-of.ts'
import type { History, Parts } from './parts.ts'
import { planAnswer } from './plan-answer.ts'
import { planStatement } from './plan-statement.ts'
import { type Account, type Present, presentOf } from './present.ts'
import { partOf, readingOf } from './statements.ts'
import { takeWord } from './take-word.ts'

type Reread = {
  difference: RulesDifference
  /** Rows held by today's rules and not held now. */
  held: number
  observations: ReadonlyMap<string, ObservationRow>
}

const toldDifferences = 20
type ReportOfAccount = Rest.RulesReport['accounts'][number]

/**
 * What today's rules would make of everything that was kept, account by account; nothing is changed by looking. Opens every
 * raw object of the space.
 */
export async function rulesReport(parts: Parts, spaceId: string): Promise<Rest.RulesReport> {
  const accounts: ReportOfAccount[] = []
  for (const account of await accountsOf(parts, spaceId)) {
    const present = await presentOf(account, parts)
    accounts.push(reportOf(account, present, await reread(account, present, parts)))
  }
  return { normaliser_version: NORMALISER_VERSION, identity_version: IDENTITY_VERSION, accounts }
}

/** Takes today's rules for everything that was kept. What the user decided stands. Answers what was different. */
export async function switchRules(
  parts: Parts,
  { commandId }: { commandId: string },
  { spaceId, userId }: Principal,
): Promise<Rest.RulesReport> {
  const accounts = new Map<string, ReportOfAccount>()
  for (const account of await accountsOf(parts, spaceId)) {
    const name = parts.idOf('rules', account.accountId, commandId)
    const decidedAt = parts.clock.now().toISOString()
    await takeWord(
      account,
      { name, commandId },
      async (present) => {
        const { accountId } = account
        const found = await reread(account, present, parts)
        accounts.set(accountId, reportOf(account, present, found))
        const { difference, observations } = found
        const { decisionSeq } = present.ledger
        const context = { accountId, syncId: name, decidedAt, decisionSeq, idOf: parts.idOf }
        const counts = {
          added: difference.added.length,
          changed: difference.changed.length,
          gone: difference.gone.length,
        }
        return {
          plan: planSwitch(difference, (id) => observations.get(id), context),
          events: (files, seq) => [
            {
              type: 'RulesSwitched',
              data: {
                accountId,
                normaliserVersion: NORMALISER_VERSION,
                identityVersion: IDENTITY_VERSION,
                ...counts,
                files,
                decisionSeq: seq,
                decidedBy: userId,
                decidedAt,
              },
            },
          ],
        }
      },
      parts,
    )
  }
  return {
    normaliser_version: NORMALISER_VERSION,
    identity_version: IDENTITY_VERSION,
    accounts: [...accounts.values()],
  }
}

/** Every kept answer in its order, through today's normaliser and identity rules, in memory. */
async function reread(account: Account, { ledger: standing, rows, held }: Present, parts: Parts): Promise<Reread> {
  const { events, answers } = await parts.historyOf(account)
  const again = { rows: parts.emptyRows(), held: new Map() as Present['held'], ledger: initial }
  const observations = new Map<string, ObservationRow>()
  const take = (plan: LedgerPlan) => {
    again.rows.apply(inOrder(plan.decisions, plan.links), plan.observations)
    again.held = foldHeld(again.held, plan.held)
    for (const row of plan.observations) observations.set(row.observation_id, row)
  }
  for (const event of events) {
    const plan = await planOf(event, account, { ...again }, answers, parts)
    if (plan !== undefined) take(plan)
    again.ledger = evolve(again.ledger, event)
  }
  const settled = new Set([
    ...standing.identity.flatMap((word) => word.transactionIds),
    ...Object.values(standing.words).flatMap((word) => word.transactionId ?? []),
  ])
  return {
    difference: differenceOf(rows.since('0000-01-01'), again.rows.since('0000-01-01'), settled),
    held: [...again.held.keys()].filter((id) => !held.has(id)).length,
    observations,
  }
}

async function planOf(
  event: LedgerEvent,
  account: Account,
  again: Present,
  answers: History['answers'],
  parts: Parts,
): Promise<LedgerPlan | undefined> {
  if (event.type === 'StatementImported') return planImported(event.data, account, again, parts)
  if (event.type !== 'TransactionsStored') return undefined
  const data = answers.get(event.data.syncId)
  if (data === undefined) return undefined
  try {
    return (await planAnswer(account.spaceId, { data, decidedAt: event.data.storedAt }, again, parts)).plan
  } catch (error) {
    // What nobody can read by today's rules leaves its rows out, and the report says that they would be gone.
    if (error instanceof UnreadablePayload) return undefined
    throw error
  }
}

/** A statement file, read again the same way; undefined where it was taken back. */
async function planImported(
  { importId, raw, mapping, importedAt: at }: Imported,
  account: Account,
  again: Present,
  parts: Parts,
): Promise<LedgerPlan | undefined> {
  const { ledger } = await presentOf(account, parts)
  const stands = ledger.imports.some((one) => one.importId === importId && one.takenBackAt === undefined)
  if (!stands || mapping === undefined) return undefined
  const reading = readingOf(mapping)
  const { statement } = await parts.statements.open(await parts.raw.read(account, raw), reading)
  const opened = { statement, part: partOf(statement, reading.part), reading, at }
  return (await planStatement(parts, account, { importId, raw, opened }, again)).plan
}

function reportOf({ accountId }: Account, { ledger }: Present, { difference, held }: Reread): ReportOfAccount {
  const { unchanged, added, changed, gone } = difference
  const tell = (row: KnownRow) =>
    `${row.date} ${formatAmount(row.amountMinor, row.currency)} ${row.currency} ${row.description}`
  const differences = [
    ...added.map((row) => ({ transaction_id: row.transactionId, what: 'added', before: null, after: tell(row) })),
    ...changed.map(({ before, after }) => ({
      transaction_id: after.transactionId,
      what: 'changed',
      before: tell(before),
      after: tell(after),
    })),
    ...gone.map((row) => ({ transaction_id: row.transactionId, what: 'gone', before: tell(row), after: null })),
  ]
  return {
    account_id: accountId,
    normaliser_version: ledger.rules?.normaliser ?? 0,
    identity_version: ledger.rules?.identity ?? 0,
    unchanged,
    added: added.length,
    changed: changed.length,
    gone: gone.length,
    held,
    differences: differences.slice(0, toldDifferences),
  }
}
