import { type Static, Type } from 'typebox'
import { LeftOutReasonSchema } from '../../connection.events.ts'
import { Day, Instant } from '../../ids.ts'
import { DayRange, Nullable, Opaque, Problem } from './parts.ts'

export const ConnectionStatus = Type.Union(
  (['pending', 'active', 'expiring', 'expired', 'failed', 'revoked'] as const).map((s) => Type.Literal(s)),
)
export type ConnectionStatus = 'pending' | 'active' | 'expiring' | 'expired' | 'failed' | 'revoked'

export const QuotaLine = Type.Object({
  account_id: Opaque,
  scope: Type.Union([Type.Literal('transactions'), Type.Literal('balances'), Type.Literal('details')]),
  limit: Type.Integer(),
  remaining: Type.Integer(),
  resets_at: Nullable(Instant),
})
export type QuotaLine = Static<typeof QuotaLine>

export const Connection = Type.Object({
  id: Opaque,
  provider: Type.String(),
  institution: Type.Object({ id: Type.String(), name: Type.String(), logo: Type.String() }),
  friendly_name: Nullable(Type.String()),
  status: Type.String(),
  /** `history_days`: how far back the bank was asked to go when the consent was given. */
  consent: Nullable(
    Type.Object({ granted_at: Instant, expires_at: Instant, history_days: Type.Optional(Type.Integer()) }),
  ),
  accounts: Type.Array(Opaque),
  last_sync: Nullable(
    Type.Object({ id: Opaque, status: Type.String(), finished_at: Nullable(Instant), error: Nullable(Problem) }),
  ),
  next_sync_at: Nullable(Instant),
  /** The bank answers, but with data that it has not brought up to date since this day: over two days when it was asked. */
  stale_since: Type.Optional(Nullable(Day)),
  quota: Type.Array(QuotaLine),
  /** No account can be asked for now: the code with which a sync would be refused, and when the first can (the bank's time). */
  sync_held: Type.Optional(
    Nullable(
      Type.Object({
        code: Type.Union([Type.Literal('quota_exhausted'), Type.Literal('bank_rests')]),
        until: Instant,
      }),
    ),
  ),
  /** How many accounts of the consent are not read, by why; the reasons are codes of `error` too. */
  left_out: Type.Optional(Type.Array(Type.Object({ reason: LeftOutReasonSchema, accounts: Type.Integer() }))),
  /**
   * Days that could not be fetched, since the bank does not tell so far back; without those that another fetch or an imported
   * statement covers.
   */
  missed: Type.Optional(Type.Array(Type.Object({ account_id: Opaque, ...DayRange.properties }))),
  demo: Type.Boolean(),
  /** The bank wants a confirmation at the provider's page; nothing can be read from `due_at` until it is given. */
  reconfirmation: Type.Optional(Nullable(Type.Object({ link: Type.String(), due_at: Instant, valid_to: Instant }))),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Connection = Omit<Static<typeof Connection>, 'status'> & { status: ConnectionStatus }

/** What goes with an erased connection, and what another connection still feeds and stays. */
export const ConnectionErasure = Type.Object({
  id: Type.String(),
  erased_account_ids: Type.Array(Type.String()),
  kept_account_ids: Type.Array(Type.String()),
})
export type ConnectionErasure = Static<typeof ConnectionErasure>
