import type { Account, CashFlowRow, Connection, Money, Proof } from '../api/types.ts'
import { magnitude, sums, toNumber } from '../ui/amount.ts'
import { counted } from '../ui/counted.ts'
import { daysBetween } from '../ui/days.ts'
import { weakest } from '../ui/proof.ts'
import { daysIn, type Period } from './period.ts'

export type Now = { kind: 'net_worth' | Account['kind']; sums: Money[]; proof: Proof; link: string }

/** Net worth, then each kind that there is; each sum only as proven as its weakest account. */
export function moneyNow(accounts: readonly Account[]): Now[] {
  const all = counted(accounts).filter((account) => account.balances.booked !== null)
  const total = (some: readonly Account[]) => sums(some.flatMap((account) => account.balances.booked ?? []))
  const proof = (some: readonly Account[]) => weakest(some.map((account) => account.proof))
  const kinds = (['current', 'savings', 'card', 'loan', 'other'] as const).flatMap((kind) => {
    const some = all.filter((account) => account.kind === kind)
    return some.length === 0 ? [] : [{ kind, sums: total(some), proof: proof(some), link: '/accounts' }]
  })
  return all.length === 0
    ? []
    : [{ kind: 'net_worth' as const, sums: total(all), proof: proof(all), link: '/accounts' }, ...kinds]
}

export type SoFar = {
  in: Money
  out: Money
  net: Money
  before: { in: Money; out: Money }
  /** Money out added up, one number a day from the period's first: for the line only. */
  line: number[]
  /** The same of the period beside it, whole. */
  lineBefore: number[]
}

/** A period so far beside the same days of another. `days` and `daysBefore` are cash flow by day of each. */
export function soFar(
  { days, daysBefore }: { days: readonly CashFlowRow[]; daysBefore: readonly CashFlowRow[] },
  currency: string,
  period: Period,
): SoFar {
  const of = (rows: readonly CashFlowRow[]) => rows.filter((row) => row.currency === currency)
  const now = of(days).filter((row) => row.period <= period.to)
  const then = of(daysBefore)
  const add = (rows: readonly CashFlowRow[], side: 'in' | 'out'): Money =>
    sums(rows.map((row) => magnitude(row[side])))[0] ?? { amount: '0.00', currency }
  const byThen = then.filter((row) => row.period <= period.beside.to)
  return {
    in: add(now, 'in'),
    out: add(now, 'out'),
    net: sums(now.map((row) => row.net))[0] ?? { amount: '0.00', currency },
    before: { in: add(byThen, 'in'), out: add(byThen, 'out') },
    line: runningOut(now, period.from, daysIn(period)),
    lineBefore: runningOut(then, period.beside.from, daysIn({ from: period.beside.from, to: period.beside.end })),
  }
}

function runningOut(rows: readonly CashFlowRow[], from: string, length: number): number[] {
  const byDay = new Map<number, number>()
  for (const row of rows) byDay.set(daysBetween(from, row.period), Math.abs(toNumber(row.out)))
  let sum = 0
  return rows.length === 0 ? [] : Array.from({ length }, (_, index) => (sum += byDay.get(index) ?? 0))
}

/** `gap`: of an account; the others of a bank. */
export type Need =
  | { kind: 'failed' | 'ended' | 'confirm' | 'ends' | 'stale'; connection: Connection; days: number }
  | { kind: 'gap'; account: Account; days: number }

const mostNeeds = 3
const worst = { failed: 0, ended: 1, gap: 2, confirm: 3, ends: 4, stale: 5 } as const

/** What asks for the person, worst first, at most three. `today` is the browser's day. */
export function needsOf(connections: readonly Connection[], accounts: readonly Account[], today: string): Need[] {
  const gaps = counted(accounts)
    .filter((account) => account.proof.status === 'gap')
    .map((account): Need => ({ kind: 'gap', account, days: 0 }))
  const needs = [...connections.flatMap((connection) => needOf(connection, today) ?? []), ...gaps]
  return needs.sort((a, b) => worst[a.kind] - worst[b.kind] || a.days - b.days).slice(0, mostNeeds)
}

function needOf(connection: Connection, today: string): Need | undefined {
  const until = (instant: string) => daysBetween(today, instant.slice(0, 10))
  const { status, reconfirmation, stale_since: stale } = connection
  const days = connection.consent ? until(connection.consent.expires_at) : 0
  if (status === 'revoked') return undefined
  if (status === 'failed' || connection.last_sync?.status === 'failed') return { kind: 'failed', connection, days }
  if (status === 'expired') return { kind: 'ended', connection, days }
  if (reconfirmation) return { kind: 'confirm', connection, days: until(reconfirmation.due_at) }
  if (status === 'expiring') return { kind: 'ends', connection, days }
  return stale && status === 'active' ? { kind: 'stale', connection, days } : undefined
}
