import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque } from './parts.ts'

export const MartStatus = Type.Object({
  items: Type.Array(
    Type.Object({
      name: Type.String(),
      /** Tells apart what the marts are made by: models, seeds and loading. */
      version: Type.String(),
      log_position: Type.String(),
      /** Null of a view, whose rows would have to be computed. */
      rows: Nullable(Type.Integer()),
      built_at: Nullable(Instant),
    }),
  ),
  as_of: AsOf,
})
export type MartStatus = Static<typeof MartStatus>

export const rebuildStatuses = ['building', 'compared', 'switched', 'discarded', 'failed'] as const

export type RebuildStatus = (typeof rebuildStatuses)[number]

const TableDigest = Type.Object({ rows: Type.Integer(), digest: Type.String() })

/** New marts, built from the lake beside the ones that answer, and how the two compare. */
export const Rebuild = Type.Object({
  id: Opaque,
  /** `compared`: something differs, and it waits for `switch` or `discard`. */
  status: Type.Union(rebuildStatuses.map((s) => Type.Literal(s))),
  progress: Type.Object({ files: Type.Integer(), files_loaded: Type.Integer(), rows_loaded: Type.Integer() }),
  comparison: Nullable(
    Type.Object({
      same: Type.Boolean(),
      log_position: Type.String(),
      tables: Type.Array(
        Type.Object({ name: Type.String(), before: TableDigest, after: TableDigest, same: Type.Boolean() }),
      ),
      /** Of booked rows. */
      sums: Type.Array(Type.Object({ currency: Type.String(), before: Nullable(Money), after: Nullable(Money) })),
      /** Days by what the proof of balances says of them. */
      proof: Type.Array(Type.Object({ status: Type.String(), before: Type.Integer(), after: Type.Integer() })),
      /** Some of the transactions that differ. */
      transactions: Type.Array(Opaque),
    }),
  ),
  started_at: Instant,
  finished_at: Nullable(Instant),
  /** Until then the marts of before are kept aside. */
  old_kept_until: Nullable(Instant),
  error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
})
export type Rebuild = Omit<Static<typeof Rebuild>, 'status'> & { status: RebuildStatus }
