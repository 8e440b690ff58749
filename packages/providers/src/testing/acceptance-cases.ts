import { enableBankingFailureOf } from '../enable-banking/errors.ts'
import { pagingAfter } from '../enable-banking/pages.ts'
import { callbackOutcome } from '../gocardless/callback.ts'
import { failureOf } from '../gocardless/errors.ts'
import { decideIdentity, type NormalisedRow, normalise, type StoredRow, windowStart } from '../rules.ts'

type Body = Record<string, unknown>
type Sync = { today: string; date_from: string; account_id?: string; response: Body }
export interface ExpectedRow {
  date: string
  amount_minor: number
  currency: string
  counterparty: string | null
  description: string
  account_id?: string
  date_inferred?: boolean
  future_dated?: boolean
  missing_upstream?: boolean
}
export interface Outcome {
  booked?: ExpectedRow[]
  pending?: ExpectedRow[]
  deduplicated_count?: number
  held?: string[]
  out_of_range?: number
  stale?: boolean
  warning?: string
  action?: string
  retry_after_seconds?: number
  outcome?: string
  error?: string
  request?: { date_from: string }
}

/** One acceptance case in the format of gocardless.md §14. */
export interface Case {
  id: string
  kind: string
  title: string
  context: {
    institution_id: string
    today: string
    timezone: string
    currency: string
    owner_name?: string
    date_from: string
    expected_reference?: string
  }
  provider_payload: Body & {
    provider?: string
    pages?: Body[]
    syncs?: Sync[]
    accounts?: { account_id: string; response: Body }[]
    status?: number
    headers?: Record<string, string>
    body?: unknown
    redirect_url?: string
    requisition?: { reference: string; status: string; accounts: string[] }
    today?: string
    last_successful_sync?: string | null
    agreement?: { max_historical_days: number }
  }
  expected: Outcome & { note?: string }
  evidence: { basis: string; ref: string }
}

/** What the real code makes of a case, and what the case expects of it, in the same form and order. */
export function runCase(kase: Case): { got: Outcome; expected: Outcome } {
  const got = outcomeOf(kase)
  const { booked, pending, deduplicated_count, note: _, ...rest } = kase.expected
  const isLedger = !['error', 'callback', 'plan'].includes(kase.kind)
  const expected = isLedger
    ? { booked: ordered(booked ?? []), pending: ordered(pending ?? []), deduplicated_count, ...rest }
    : rest
  // Told always, but asked for only where the case names it or there is something to tell.
  for (const name of ['held', 'out_of_range', 'stale', 'warning', 'retry_after_seconds'] as const) {
    const silent = got[name] === undefined || got[name] === false || got[name] === 0 || isEmpty(got[name])
    const notAsked = name === 'stale' || name === 'retry_after_seconds'
    if (expected[name] === undefined && (silent || notAsked)) delete got[name]
  }
  return { got, expected }
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0

function outcomeOf(kase: Case): Outcome {
  switch (kase.kind) {
    case 'error':
      return failed(kase)
    case 'callback':
      return cameBack(kase)
    case 'plan':
      return planned(kase)
    default:
      return ledgerOutcome(kase)
  }
}

function failed({ provider_payload: payload }: Case): Outcome {
  const answer = { status: payload.status ?? 0, headers: payload.headers ?? {}, body: payload.body }
  const failure = payload.provider === 'enablebanking' ? enableBankingFailureOf(answer) : failureOf(answer)
  const { action, retryAfterSeconds } = failure
  return { action, ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }) }
}

function cameBack({ provider_payload: payload, context }: Case): Outcome {
  const query = new URL(payload.redirect_url ?? '').searchParams
  const requisition = payload.requisition ?? { reference: '', status: '', accounts: [] }
  const { outcome, error } = callbackOutcome(query, context.expected_reference ?? '', requisition)
  return { outcome, ...(error === undefined ? {} : { error }) }
}

function planned({ provider_payload: payload }: Case): Outcome {
  const { today = '', last_successful_sync: lastSuccess, agreement } = payload
  const historyDays = agreement?.max_historical_days ?? 0
  return { request: { date_from: windowStart({ today, historyDays, ...(lastSuccess ? { lastSuccess } : {}) }) } }
}

type Stored = { stored: StoredRow; row: NormalisedRow; account: string | undefined }

function ledgerOutcome(kase: Case): Outcome {
  const { context, provider_payload: payload } = kase
  const several = payload.accounts !== undefined
  const ledgers = new Map<string, Map<string, Stored>>()
  const told = { held: [] as string[], outOfRange: 0, stale: false, minted: 0 }
  const { response, warning } = responseOf(payload)
  const one: Sync = { today: context.today, date_from: context.date_from, response }
  const syncs = payload.syncs ?? payload.accounts?.map((account): Sync => ({ ...one, ...account })) ?? [one]
  for (const sync of syncs) {
    const account = 'account_id' in sync ? sync.account_id : undefined
    // Several syncs of one account may carry different provider ids of it; several accounts are ledgers of their own.
    const key = several ? String(account) : ''
    const ledger = ledgers.get(key) ?? new Map<string, Stored>()
    ledgers.set(key, ledger)
    apply(sync, context, several ? account : undefined, ledger, told)
  }
  const rows = [...ledgers.values()].flatMap((ledger) => [...ledger.values()])
  const booked = toldRows(rows, 'booked')
  return {
    booked,
    pending: toldRows(rows, 'pending'),
    deduplicated_count: booked.length,
    held: told.held,
    out_of_range: told.outOfRange,
    stale: told.stale,
    ...(warning === undefined ? {} : { warning }),
  }
}

/** Pages are read as the adapter reads them: until one without a key, one with an old key, or one that is an error. */
function responseOf(payload: Case['provider_payload']): { response: Body; warning?: string } {
  if (payload.pages === undefined) return { response: payload }
  const pages: Body[] = []
  const seen = new Set<string>()
  for (const page of payload.pages) {
    const error = page['error'] ?? (page['body'] as Body | undefined)?.['error']
    if (typeof error === 'string') return { response: { pages }, warning: error.toLowerCase() }
    pages.push(page)
    const next = pagingAfter(page, seen)
    if (!next.more) return { response: { pages }, ...(next.stopped ? { warning: next.stopped.toLowerCase() } : {}) }
    seen.add(next.key)
  }
  return { response: { pages } }
}

function apply(
  sync: Sync,
  context: Case['context'],
  account: string | undefined,
  ledger: Map<string, Stored>,
  told: { held: string[]; outOfRange: number; stale: boolean; minted: number },
): void {
  const read = normalise(new TextEncoder().encode(JSON.stringify(sync.response)), {
    institutionId: context.institution_id,
    today: sync.today,
    timeZone: context.timezone,
    currency: context.currency,
    ...(context.owner_name === undefined ? {} : { ownerName: context.owner_name }),
    dateFrom: sync.date_from,
  })
  told.held.push(...read.held.map(({ reason }) => reason))
  told.outOfRange += read.outOfRange
  told.stale = read.stale
  const history = [...ledger.values()].map(({ stored }) => stored)
  const window = { from: sync.date_from, to: sync.today }
  const { decisions } = decideIdentity(history, read.rows, window, () => `minted-${++told.minted}`)
  for (const { kind, row, transactionId, flags } of decisions) {
    const known = ledger.get(transactionId)
    if (kind === 'pending_gone') ledger.delete(transactionId)
    else if (row === undefined && known) known.stored = { ...known.stored, flags }
    else if (row !== undefined && kind !== 'unchanged') {
      ledger.set(transactionId, { row, stored: { ...row, transactionId, status: row.section, flags }, account })
    }
  }
}

function toldRows(rows: readonly Stored[], section: string): ExpectedRow[] {
  const mine = rows.filter(({ stored }) => stored.status === section)
  return ordered(
    mine.map(({ stored, row, account }) => ({
      date: row.date,
      amount_minor: Number(row.amountMinor),
      currency: row.currency,
      counterparty: row.counterparty,
      description: row.description,
      ...(account === undefined ? {} : { account_id: account }),
      ...Object.fromEntries(stored.flags.filter((flag) => flag !== 'currency_inferred').map((flag) => [flag, true])),
    })),
  )
}

/** Keys and rows in one order: that of a case says nothing. */
function ordered(rows: readonly ExpectedRow[]): ExpectedRow[] {
  return rows
    .map(({ date, amount_minor, currency, counterparty, description, ...more }) => ({
      ...{ date, amount_minor, currency, counterparty, description },
      ...Object.fromEntries(Object.entries(more).sort(([a], [b]) => (a < b ? -1 : 1))),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
