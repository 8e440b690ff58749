import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque, oneOf, told } from './parts.ts'

export const MartStatus = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      version: told(Type.String(), 'Tells apart what the marts are made by: models, seeds and loading.'),
      log_position: Type.String(),
      rows: told(Nullable(Type.Integer()), 'Null of a view, whose rows would have to be computed.'),
      built_at: Nullable(Instant),
    }),
  ),
  as_of: AsOf,
})
export type MartStatus = Static<typeof MartStatus>

export const rebuildStatuses = ['building', 'compared', 'switched', 'discarded', 'failed'] as const

export type RebuildStatus = (typeof rebuildStatuses)[number]

const TableDigest = Type.Object({ rows: Type.Integer(), digest: Type.String() })

export const Rebuild = told(
  Type.Object({
    id: Opaque,
    status: told(oneOf(rebuildStatuses), '`compared`: something differs, and it waits for `switch` or `discard`.'),
    progress: Type.Object({ files: Type.Integer(), files_loaded: Type.Integer(), rows_loaded: Type.Integer() }),
    comparison: Nullable(
      Type.Object({
        same: Type.Boolean(),
        log_position: Type.String(),
        tables: Type.Array(
          Type.Object({ name: Type.String(), before: TableDigest, after: TableDigest, same: Type.Boolean() }),
        ),
        sums: told(
          Type.Array(Type.Object({ currency: Type.String(), before: Nullable(Money), after: Nullable(Money) })),
          'Of booked rows.',
        ),
        proof: told(
          Type.Array(Type.Object({ status: Type.String(), before: Type.Integer(), after: Type.Integer() })),
          'Days by what the proof of balances says of them.',
        ),
        transactions: told(Type.Array(Opaque), 'Some of the transactions that differ.'),
      }),
    ),
    started_at: Instant,
    finished_at: Nullable(Instant),
    old_kept_until: told(Nullable(Instant), 'Until then the marts of before are kept aside.'),
    error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
  }),
  'New marts, built from the lake beside the ones that answer, and how the two compare.',
)
export type Rebuild = Omit<Static<typeof Rebuild>, 'status'> & { status: RebuildStatus }
