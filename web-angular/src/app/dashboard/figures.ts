import type { Account, CashFlowRow, Connection, Money, Proof } from '../api/types.ts'
import { magnitude, sums, toNumber } from '../ui/amount.ts'
import { counted } from '../ui/counted.ts'
import { daysBetween, monthOf, sameDay } from '../ui/days.ts'
import { weakest } from '../ui/proof.ts'

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

export type MonthSoFar = {
  in: Money
  out: Money
  net: Money
  before: { in: Money; out: Money; day: string }
  /** Money out added up, one number a day from the month's first: for the line only. */
  line: number[]
  lineBefore: number[]
}

/** This month up to `day` beside the month before up to the same day. `days` are cash flow by day of both months. */
export function monthSoFar(
  days: readonly CashFlowRow[],
  currency: string,
  day: string,
  monthBefore: string,
): MonthSoFar {
  const mine = days.filter((row) => row.currency === currency)
  const until = sameDay(day, monthBefore)
  const now = mine.filter((row) => monthOf(row.period) === monthOf(day))
  const then = mine.filter((row) => monthOf(row.period) === monthBefore)
  const byThen = then.filter((row) => row.period <= until)
  const add = (rows: readonly CashFlowRow[], side: 'in' | 'out'): Money =>
    sums(rows.map((row) => magnitude(row[side])))[0] ?? { amount: '0.00', currency }
  return {
    in: add(now, 'in'),
    out: add(now, 'out'),
    net: sums(now.map((row) => row.net))[0] ?? { amount: '0.00', currency },
    before: { in: add(byThen, 'in'), out: add(byThen, 'out'), day: until },
    line: runningOut(now, daysBetween(`${monthOf(day)}-01`, day) + 1),
    lineBefore: runningOut(then, 31),
  }
}

function runningOut(rows: readonly CashFlowRow[], length: number): number[] {
  const byDay = new Map<number, number>()
  for (const row of rows) byDay.set(Number(row.period.slice(8)), Math.abs(toNumber(row.out)))
  let sum = 0
  return rows.length === 0 ? [] : Array.from({ length }, (_, index) => (sum += byDay.get(index + 1) ?? 0))
}

export type Need = { kind: 'failed' | 'ended' | 'ends'; connection: Connection; days: number }

/** What asks for the person, worst first, at most three. `today` is the browser's day. */
export function needsOf(connections: readonly Connection[], today: string): Need[] {
  const needs = connections.flatMap((connection): Need[] => {
    const days = connection.consent ? daysBetween(today, connection.consent.expires_at.slice(0, 10)) : 0
    if (
      connection.status === 'failed' ||
      (connection.status !== 'revoked' && connection.last_sync?.status === 'failed')
    )
      return [{ kind: 'failed', connection, days }]
    if (connection.status === 'expired') return [{ kind: 'ended', connection, days }]
    return connection.status === 'expiring' ? [{ kind: 'ends', connection, days }] : []
  })
  const worst = { failed: 0, ended: 1, ends: 2 }
  return needs.sort((a, b) => worst[a.kind] - worst[b.kind] || a.days - b.days).slice(0, 3)
}
