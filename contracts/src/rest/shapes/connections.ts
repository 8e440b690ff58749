import { type Static, Type } from 'typebox'
import { LeftOutReasonSchema } from '../../connection.events.ts'
import { Day, Instant } from '../../ids.ts'
import { DayRange, Logo, Nullable, Opaque, oneOf, Problem, told } from './parts.ts'

export const ConnectionStatus = oneOf(['pending', 'active', 'expiring', 'expired', 'failed', 'revoked'])
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
  institution: Type.Object({ id: Type.String(), name: Type.String(), logo: Logo }),
  friendly_name: Nullable(Type.String()),
  status: ConnectionStatus,
  consent: told(
    Nullable(Type.Object({ granted_at: Instant, expires_at: Instant, history_days: Type.Optional(Type.Integer()) })),
    '`history_days`: how far back the bank was asked to go when the consent was given.',
  ),
  accounts: Type.Array(Opaque),
  last_sync: Nullable(
    Type.Object({ id: Opaque, status: Type.String(), finished_at: Nullable(Instant), error: Nullable(Problem) }),
  ),
  next_sync_at: Nullable(Instant),
  stale_since: Type.Optional(
    told(
      Nullable(Day),
      'The bank answers, but with data that it has not brought up to date since this day: over two days when it was asked.',
    ),
  ),
  quota: Type.Array(QuotaLine),
  sync_held: Type.Optional(
    told(
      Nullable(
        Type.Object({
          code: Type.Union([Type.Literal('quota_exhausted'), Type.Literal('bank_rests')]),
          until: Instant,
        }),
      ),
      "No account can be asked for now: the code with which a sync would be refused, and when the first can (the bank's time).",
    ),
  ),
  left_out: Type.Optional(
    told(
      Type.Array(Type.Object({ reason: LeftOutReasonSchema, accounts: Type.Integer() })),
      'How many accounts of the consent are not read, by why; the reasons are codes of `error` too.',
    ),
  ),
  missed: Type.Optional(
    told(
      Type.Array(Type.Object({ account_id: Opaque, ...DayRange.properties })),
      'Days that could not be fetched, since the bank does not tell so far back; without those that another fetch or an imported statement covers.',
    ),
  ),
  demo: Type.Boolean(),
  reconfirmation: Type.Optional(
    told(
      Nullable(Type.Object({ link: Type.String(), due_at: Instant, valid_to: Instant })),
      "The bank wants a confirmation at the provider's page; nothing can be read from `due_at` until it is given.",
    ),
  ),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Connection = Omit<Static<typeof Connection>, 'status'> & { status: ConnectionStatus }

export const ConnectionErasure = told(
  Type.Object({
    id: Type.String(),
    erased_account_ids: Type.Array(Type.String()),
    kept_account_ids: Type.Array(Type.String()),
  }),
  'What goes with an erased connection, and what another connection still feeds and stays; nothing where only the consent ends.',
)
export type ConnectionErasure = Static<typeof ConnectionErasure>

export const ConsentLink = told(
  Type.Object({
    id: Opaque,
    status: told(Type.String(), 'Of the connection: `pending` until the bank’s consent has come back.'),
    link: told(Type.String(), 'Where the browser goes to give the consent.'),
    history_days: Type.Optional(
      told(Type.Integer(), 'How far back the consent will reach: some banks give a lasting one 90 days at most.'),
    ),
  }),
  'A consent that was asked for. The answer sets a cookie by which the return is known to be of this browser.',
)
export type ConsentLink = Static<typeof ConsentLink>
