import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { callbackOutcome } from './gocardless/callback.ts'
import { failureOf } from './gocardless/errors.ts'
import { decideIdentity, type NormalisedRow, normalise, type StoredRow, windowStart } from './index.ts'

interface Row {
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
interface Context {
  institution_id: string
  today: string
  timezone: string
  currency: string
  owner_name: string
  date_from: string
}
type Body = Record<string, unknown>
interface Case {
  id: string
  kind: string
  title: string
  context: Context & { expected_reference?: string }
  provider_payload: Body & {
    provider?: string
    syncs?: { today: string; date_from: string; account_id?: string; response: Body }[]
    accounts?: { account_id: string; response: Body }[]
    status?: number
    headers?: Record<string, string>
    body?: unknown
    redirect_url?: string
    requisition?: { reference: string; status: string; accounts: string[] }
    today?: string
    last_successful_sync?: string
    agreement?: { max_historical_days: number }
  }
  expected: {
    booked: Row[]
    pending: Row[]
    deduplicated_count: number
    held?: string[]
    out_of_range?: number
    stale?: boolean
    action?: string
    retry_after_seconds?: number
    outcome?: string
    error?: string
    request?: { date_from: string }
  }
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../cases/gocardless-cases.json'), 'utf8')) as Case[]

/** These banks hide things in their texts: a later issue gives them profiles, and this list shrinks. */
const knownToNeedABankProfile = ['gc-amount-13', 'gc-pend-13', 'gc-date-12', 'gc-date-14', 'gc-date-15', 'gc-text-03']
/** Of the second provider, which has no adapter yet. */
const knownToNeedEnableBanking = ['eb-05', 'eb-06', 'eb-07', 'eb-08', 'eb-err-02']

function ledgerOf(kase: Case) {
  const { context, provider_payload: payload } = kase
  const stores = new Map<string, Map<string, { stored: StoredRow; row: NormalisedRow; account?: string }>>()
  const held: string[] = []
  let outOfRange = 0
  let stale = false
  let minted = 0
  const one = { today: context.today, date_from: context.date_from, response: payload as Body }
  const accounts = payload.accounts?.map((account) => ({ ...one, ...account }))
  for (const sync of payload.syncs ?? accounts ?? [one]) {
    const account = 'account_id' in sync ? sync.account_id : undefined
    const store = stores.get(payload.accounts === undefined ? '' : String(account)) ?? new Map()
    stores.set(payload.accounts === undefined ? '' : String(account), store)
    const read = normalise(new TextEncoder().encode(JSON.stringify(sync.response)), {
      institutionId: context.institution_id,
      today: sync.today,
      timeZone: context.timezone,
      currency: context.currency,
      ownerName: context.owner_name,
      dateFrom: sync.date_from,
    })
    held.push(...read.held.map(({ reason }) => reason))
    outOfRange += read.outOfRange
    stale = read.stale
    const history = [...store.values()].map(({ stored }) => stored)
    const window = { from: sync.date_from, to: sync.today }
    const { decisions } = decideIdentity(history, read.rows, window, () => `minted-${++minted}`)
    for (const { kind, row, transactionId, flags } of decisions) {
      if (kind === 'pending_gone') store.delete(transactionId)
      else if (row === undefined) store.get(transactionId).stored.flags = flags
      else if (kind !== 'unchanged') {
        store.set(transactionId, { row, stored: { ...row, transactionId, status: row.section, flags }, account })
      }
    }
  }
  const rows = [...stores.values()].flatMap((store) => [...store.values()])
  return { rows, held, outOfRange, stale }
}

function told(rows: ReturnType<typeof ledgerOf>['rows'], section: string) {
  return rows
    .filter(({ stored }) => stored.status === section)
    .map(({ stored, row, account }) => ({
      date: row.date,
      amount_minor: Number(row.amountMinor),
      currency: row.currency,
      counterparty: row.counterparty,
      description: row.description,
      ...(account === undefined ? {} : { account_id: account }),
      ...Object.fromEntries(stored.flags.map((flag) => [flag, true])),
    }))
    .sort(byText)
}
const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
const ordered = (rows: Row[]) =>
  rows
    .map(({ date, amount_minor, currency, counterparty, description, ...more }) => ({
      ...{ date, amount_minor, currency, counterparty, description },
      ...more,
    }))
    .sort(byText)

function outcomeOf(kase: Case): Partial<Case['expected']> {
  const { provider_payload: payload, context } = kase
  if (kase.kind === 'error') {
    const answer = { status: payload.status ?? 0, headers: payload.headers ?? {}, body: payload.body }
    const { action, retryAfterSeconds } = failureOf(answer)
    return {
      action,
      ...(kase.expected.retry_after_seconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
    }
  }
  if (kase.kind === 'callback') {
    const query = new URL(payload.redirect_url ?? '').searchParams
    const requisition = payload.requisition ?? { reference: '', status: '', accounts: [] }
    const { outcome, error } = callbackOutcome(query, context.expected_reference ?? '', requisition)
    return { outcome, ...(error === undefined ? {} : { error }) }
  }
  if (kase.kind === 'plan') {
    const dateFrom = windowStart({
      today: payload.today ?? '',
      historyDays: payload.agreement?.max_historical_days ?? 0,
      ...(payload.last_successful_sync === undefined ? {} : { lastSuccess: payload.last_successful_sync }),
    })
    return { request: { date_from: dateFrom } }
  }
  const { rows, held, outOfRange, stale } = ledgerOf(kase)
  const booked = told(rows, 'booked') as unknown as Row[]
  const pending = told(rows, 'pending') as unknown as Row[]
  return {
    booked,
    pending,
    deduplicated_count: booked.length,
    ...(kase.expected.held === undefined && held.length === 0 ? {} : { held }),
    ...(kase.expected.out_of_range === undefined && outOfRange === 0 ? {} : { out_of_range: outOfRange }),
    ...(kase.expected.stale === undefined ? {} : { stale }),
  }
}

function wanted(kase: Case): Partial<Case['expected']> {
  const { booked, pending, deduplicated_count, held, out_of_range, stale, ...rest } = kase.expected
  const { note: _, ...outcome } = rest as typeof rest & { note?: string }
  if (['error', 'callback', 'plan'].includes(kase.kind)) return outcome
  return {
    booked: ordered(booked),
    pending: ordered(pending),
    deduplicated_count,
    ...(held === undefined ? {} : { held }),
    ...(out_of_range === undefined ? {} : { out_of_range }),
    ...(stale === undefined ? {} : { stale }),
  }
}

const ours = cases.filter(({ id }) => !knownToNeedEnableBanking.includes(id))

describe('the acceptance cases', () => {
  it.each(
    ours.filter(({ id }) => !knownToNeedABankProfile.includes(id)).map((kase) => [kase.id, kase.title, kase] as const),
  )('%s: %s', (_id, _title, kase) => {
    expect(outcomeOf(kase)).toEqual(wanted(kase))
  })

  it('are all run but those of banks that need a profile, which fail without it', () => {
    const failing = ours.filter((kase) => {
      try {
        expect(outcomeOf(kase)).toEqual(wanted(kase))
        return false
      } catch {
        return true
      }
    })
    expect(failing.map(({ id }) => id)).toEqual(knownToNeedABankProfile)
  })

  it('of the second provider are known by name', () => {
    const theirs = cases.filter(({ kind, provider_payload }) => {
      return kind === 'enablebanking' || provider_payload.provider === 'enablebanking'
    })
    expect(theirs.map(({ id }) => id)).toEqual(knownToNeedEnableBanking)
    expect(cases).toHaveLength(75)
  })
})
