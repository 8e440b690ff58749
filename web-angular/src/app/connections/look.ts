import type { Account, Connection, QuotaLine, Sync } from '../api/types.ts'
import { connectionsTexts } from '../texts/connections.ts'
import { texts } from '../texts.ts'
import { daysBetween } from '../ui/days.ts'
import { unprovenDays } from '../ui/proof.ts'
import { accountName } from '../ui/row-line.ts'

export const bankName = (connection: Connection): string => connection.friendly_name ?? connection.institution.name

export type Pill = {
  kind: 'ok' | 'att' | 'err' | 'plain'
  icon: 'check' | 'schedule' | 'error' | 'close'
  word: string
}

/** One shape and one word for where a connection stands; a failed sync outranks a good consent. */
export function pillOf(connection: Connection): Pill {
  const word = connectionsTexts.statuses[connection.status]
  const failed = connection.last_sync?.status === 'failed'
  switch (connection.status) {
    case 'failed':
      return { kind: 'err', icon: 'error', word }
    case 'expired':
    case 'pending':
      return { kind: 'att', icon: 'schedule', word }
    case 'revoked':
      return { kind: 'plain', icon: 'close', word }
    default:
      if (failed) return { kind: 'err', icon: 'error', word: connectionsTexts.syncFailed }
      return connection.status === 'expiring'
        ? { kind: 'att', icon: 'schedule', word }
        : { kind: 'ok', icon: 'check', word }
  }
}

export type Consent = { left: number; total: number; share: number }

/** Days of a consent, whole, by `today` (YYYY-MM-DD); `share` is what has gone, 0–100. */
export function consentOf(consent: NonNullable<Connection['consent']>, today: string): Consent {
  const from = consent.granted_at.slice(0, 10)
  const to = consent.expires_at.slice(0, 10)
  const total = Math.max(1, daysBetween(from, to))
  // No more can be left than was given: the demo bank's calendar may be ahead of this device's.
  const left = Math.min(total, daysBetween(today, to))
  return { left, total, share: Math.min(100, Math.max(1, ((total - left) / total) * 100)) }
}

export type QuotaRow = { key: string; label: string; limit: number; remaining: number; resetsAt: string | null }

/** One line for each kind of call; accounts get their own lines only where they differ. */
export function quotaRows(quota: readonly QuotaLine[], names: ReadonlyMap<string, string>): QuotaRow[] {
  return (['transactions', 'balances', 'details'] as const).flatMap((scope) => {
    const lines = quota.filter((line) => line.scope === scope)
    const first = lines[0]
    if (!first) return []
    const label = connectionsTexts.scopes[scope]
    const same = lines.every((line) => line.remaining === first.remaining && line.limit === first.limit)
    if (same) {
      const each = lines.length > 1 ? `${label}, ${connectionsTexts.eachAccount}` : label
      return [{ key: scope, label: each, limit: first.limit, remaining: first.remaining, resetsAt: earliest(lines) }]
    }
    return lines.map((line) => ({
      key: `${scope} ${line.account_id}`,
      label: `${label}, ${names.get(line.account_id) ?? texts.titles.account}`,
      limit: line.limit,
      remaining: line.remaining,
      resetsAt: line.resets_at,
    }))
  })
}

const earliest = (lines: readonly QuotaLine[]): string | null =>
  lines.flatMap((line) => line.resets_at ?? []).sort()[0] ?? null

export type MissedDays = { from: string; to: string; accounts: string[] }

/** Days that could not be fetched and that no balance proves whole, oldest first; its accounts' names, where not all miss them. */
export function missedDays(connection: Connection, accounts: readonly Account[]): MissedDays[] {
  const together = new Map<string, MissedDays>()
  for (const { account_id, from, to } of connection.missed ?? []) {
    const account = accounts.find(({ id }) => id === account_id)
    if (account !== undefined && unprovenDays([{ to }], account.proof).length === 0) continue
    const days = together.get(`${from} ${to}`) ?? { from, to, accounts: [] }
    together.set(`${from} ${to}`, days)
    if (account !== undefined) days.accounts.push(accountName(account))
  }
  const all = connection.accounts.length
  const days = [...together.values()].map((one) => (one.accounts.length === all ? { ...one, accounts: [] } : one))
  return days.sort((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to))
}

export const lastRead = (connection: Connection, syncs: readonly Sync[]): string | undefined =>
  syncs
    .filter((sync) => sync.status === 'completed' || sync.status === 'partial')
    .flatMap((sync) => sync.finished_at ?? [])
    .sort()
    .at(-1) ??
  connection.last_sync?.finished_at ??
  undefined
