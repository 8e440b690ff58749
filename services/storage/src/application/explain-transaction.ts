import {
  type InputOf,
  type LedgerEvent,
  type LedgerFile,
  type PaymentHistory,
  type Rest,
  refuse,
  type requests,
} from '@pf/contracts'
import { encodePosition, KeyMissing, type Recorded } from '@pf/eventing'
import { formatAmount } from '@pf/providers/rules'
import { decisions, links, type ObservationRow, observations, type RowOf } from '../domain/lake.ts'
import type { Ledger } from '../domain/ledger.ts'
import { wordsOfRule } from '../domain/rule-words.ts'
import { accountsOf } from './accounts-of.ts'
import type { Parts } from './parts.ts'
import type { Account } from './present.ts'
import { statedRow } from './stated-row.ts'

const stepColumns = [
  'decision_seq',
  'transaction_id',
  'observation_id',
  'kind',
  'rule',
  'rule_version',
  'status',
  'missing_upstream',
  'decided_at',
] as const
const linkColumns = [...stepColumns, 'source', 'prev_transaction_id'] as const
type Step = Pick<RowOf<typeof decisions>, (typeof stepColumns)[number]> & { source: string | null }

/** So many files of the manifest are read at a time. */
const readsInFlight = 8

/**
 * A payment's life down to the bank's own bytes: every step of its identity with the rule in words, every observation that a
 * step names with the row as it was sent. Reads its account's decisions and opens the raw objects named: for a person's
 * question, not for a list. Throws transaction_not_found, and what the object store and the vault throw.
 */
export async function explainTransaction(
  parts: Parts,
  spaceId: string,
  { id, accountId }: InputOf<typeof requests.storage.explain>,
): Promise<PaymentHistory> {
  for (const account of await accountsOf(parts, spaceId, accountId)) {
    const { state: ledger } = await parts.ledgers.load({ spaceId, aggregateId: account.accountId })
    const transactionId = presentId(id, ledger)
    const family = new Set([id, transactionId, ...mergedInto(transactionId, ledger)])
    const steps = await stepsOf(family, ledger, parts)
    if (steps.length > 0) return historyOf(account, { transactionId, steps, ledger }, parts)
  }
  throw refuse('transaction_not_found', 'There is no such payment of yours. GET /transactions lists them.')
}

/** The id that a payment goes by since the user said that several are one. */
function presentId(id: string, { identity }: Ledger): string {
  let present = id
  for (const word of identity) {
    const [first] = word.transactionIds
    const joined = word.verdict === 'same' && !word.takenBackAt && word.transactionIds.includes(present)
    if (joined && first !== undefined) present = first
  }
  return present
}

const mergedInto = (id: string, { identity }: Ledger): string[] =>
  identity.flatMap((word) =>
    word.verdict === 'same' && !word.takenBackAt && word.transactionIds[0] === id ? word.transactionIds : [],
  )

/** Of the payment's own view and of those of other sources, oldest first. */
async function stepsOf(family: ReadonlySet<string>, { files }: Ledger, { lake }: Parts): Promise<Step[]> {
  const own = await readAll(files, 'decisions', async (file) => {
    const rows = await lake.read(decisions, file, stepColumns)
    return rows.filter((row) => family.has(row.transaction_id)).map((row): Step => ({ ...row, source: null }))
  })
  const linked = await readAll(files, 'links', async (file) => {
    const rows = await lake.read(links, file, linkColumns)
    return rows.filter((row) => family.has(row.transaction_id) || family.has(row.prev_transaction_id ?? ''))
  })
  return [...own, ...linked].sort((a, b) => Number(a.decision_seq - b.decision_seq))
}

async function readAll<Row>(
  files: readonly LedgerFile[],
  dataset: LedgerFile['dataset'],
  read: (file: LedgerFile) => Promise<Row[]>,
): Promise<Row[]> {
  const wanted = files.filter((file) => file.dataset === dataset)
  const rows: Row[] = []
  for (let from = 0; from < wanted.length; from += readsInFlight)
    for (const some of await Promise.all(wanted.slice(from, from + readsInFlight).map(read))) rows.push(...some)
  return rows
}

type Found = { transactionId: string; steps: Step[]; ledger: Ledger }

async function historyOf(
  account: Account,
  { transactionId, steps, ledger }: Found,
  parts: Parts,
): Promise<PaymentHistory> {
  const named = new Set(steps.map((step) => step.observation_id))
  const observed = await readAll(ledger.files, 'observations', async (file) => {
    // Ids first: of most files nothing else is wanted.
    const found = await parts.lake.read(observations, file, ['observation_id'])
    if (!found.some((row) => named.has(row.observation_id))) return []
    const rows = await parts.lake.read(observations, file, observationColumns)
    return rows.filter((row) => named.has(row.observation_id))
  })
  const current = steps.findLast((step) => step.source === null && step.transaction_id === transactionId)
  const told: Rest.Observation[] = []
  for (const row of observed.sort((a, b) => (a.observed_at < b.observed_at ? 1 : -1)))
    told.push(await observationView(account, row, { ledger, current }, parts))
  const positionOf = positionsIn(await parts.ledgerMessagesOf(account))
  return {
    transaction_id: transactionId,
    account_id: account.accountId,
    observations: told,
    decisions: steps.map((step) => stepView(step, positionOf)),
  }
}

const observationColumns = [
  'observation_id',
  'connection_id',
  'sync_id',
  'source',
  'section',
  'observed_at',
  'bank_now',
  'raw_key',
  'raw_sha256',
  'row_index',
  'normaliser_version',
  'date',
  'value_date',
  'amount_minor',
  'currency',
  'description',
  'counterparty',
  'flags',
] as const
type Observed = Pick<ObservationRow, (typeof observationColumns)[number]>

async function observationView(
  account: Account,
  row: Observed,
  { ledger, current }: { ledger: Ledger; current: Step | undefined },
  parts: Parts,
): Promise<Rest.Observation> {
  return {
    id: row.observation_id,
    source: row.source,
    section: row.section,
    connection_id: row.connection_id === '' ? null : row.connection_id,
    sync_id: row.sync_id,
    fetched_at: row.observed_at,
    bank_now: row.bank_now,
    raw: { key: row.raw_key, sha256: row.raw_sha256, row_index: row.row_index },
    payload: await payloadOf(account, row, ledger, parts),
    read: {
      date: row.date,
      value_date: row.value_date,
      amount: { amount: formatAmount(row.amount_minor, row.currency), currency: row.currency },
      description: row.description,
      counterparty: row.counterparty,
      flags: row.flags === '' ? [] : row.flags.split(','),
      normaliser_version: row.normaliser_version,
    },
    current: row.observation_id === current?.observation_id,
  }
}

/** What was erased cannot be shown; everything else that keeps it from being read is an error. */
async function payloadOf(account: Account, row: Observed, ledger: Ledger, parts: Parts): Promise<unknown> {
  try {
    return (await statedRow(account, row, ledger, parts)).raw
  } catch (error) {
    if (error instanceof KeyMissing) return null
    throw error
  }
}

const stepView = (step: Step, positionOf: (decisionSeq: number) => string): Rest.IdentityStep => ({
  decision_seq: Number(step.decision_seq),
  decided_at: step.decided_at,
  transaction_id: step.transaction_id,
  kind: step.kind,
  rule: step.rule,
  rule_version: step.rule_version,
  by: step.rule === 'user' ? 'user' : 'rules',
  why: wordsOfRule(step.rule),
  status: step.status,
  missing_upstream: step.missing_upstream,
  observation_id: step.observation_id,
  source: step.source,
  log_position: positionOf(Number(step.decision_seq)),
})

/** Each message says the number of the last decision after it: a decision stands in the first that reaches its own. */
function positionsIn(messages: readonly Recorded<LedgerEvent>[]): (decisionSeq: number) => string {
  const reached = messages.flatMap(({ events, seq }) =>
    events.flatMap(({ data }) => ('decisionSeq' in data ? [{ decisionSeq: data.decisionSeq, seq }] : [])),
  )
  return (decisionSeq) => {
    const found = reached.find((message) => message.decisionSeq >= decisionSeq)
    if (found === undefined)
      throw new Error(`Decision ${decisionSeq} stands in the lake and no event of its ledger reaches it.`)
    return encodePosition({ storage: found.seq })
  }
}
