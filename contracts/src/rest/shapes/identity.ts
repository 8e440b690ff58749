import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { Nullable, Opaque, told } from './parts.ts'

export const IdentityDecision = Type.Object({
  id: Opaque,
  account_id: Opaque,
  verdict: Type.Union([Type.Literal('same'), Type.Literal('different')]),
  transaction_ids: Type.Array(Opaque),
  transaction_id: told(Opaque, '`same`: the id that goes on.'),
  decided_at: Instant,
  taken_back_at: Nullable(Instant),
})
export type IdentityDecision = Static<typeof IdentityDecision>

export const RulesReport = told(
  Type.Object({
    normaliser_version: Type.Integer(),
    identity_version: Type.Integer(),
    accounts: Type.Array(
      Type.Object({
        account_id: Opaque,
        normaliser_version: told(Type.Integer(), 'What its rows were read by last.'),
        identity_version: Type.Integer(),
        unchanged: Type.Integer(),
        added: Type.Integer(),
        changed: Type.Integer(),
        gone: Type.Integer(),
        held: Type.Integer(),
        differences: told(
          Type.Array(
            Type.Object({
              transaction_id: Nullable(Opaque),
              what: Type.String(),
              before: Nullable(Type.String()),
              after: Nullable(Type.String()),
            }),
          ),
          'Up to 20 of the differences.',
        ),
      }),
    ),
  }),
  'What newer rules would make of everything that was kept; nothing is changed by looking.',
)
export type RulesReport = Static<typeof RulesReport>
