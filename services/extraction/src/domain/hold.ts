import type { Scope } from '@pf/contracts'
import { dayMs, later } from './days.ts'
import type { ProviderFeed } from './provider-feed.ts'
import { budget, pauseUntil, restUntil } from './quota.ts'

/** Whoever wants it, the bank is not asked before `until` (its time): by which rule? */
export type Hold = { reason: 'quota' | 'rest' | 'pause'; until: string }

/** What keeps a provider from being asked for a scope of the account now; undefined: nothing does. */
export function holdOn(
  { calls, told, pausedAt }: Pick<ProviderFeed, 'calls' | 'told' | 'pausedAt'>,
  { scope, now }: { scope: Scope; now: string },
): Hold | undefined {
  const { remaining, resetsAt } = budget(calls, told[scope], scope, now)
  const holds: { reason: Hold['reason']; until: string | undefined }[] = [
    { reason: 'rest', until: restUntil(calls, now) },
    { reason: 'pause', until: pauseUntil(pausedAt, now) },
    { reason: 'quota', until: remaining > 0 ? undefined : (resetsAt ?? later(now, dayMs)) },
  ]
  return holds
    .flatMap(({ reason, until }): Hold[] => (until === undefined ? [] : [{ reason, until }]))
    .reduce<Hold | undefined>((last, hold) => (last === undefined || hold.until > last.until ? hold : last), undefined)
}
