import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { AsOf, Nullable, Opaque } from './parts.ts'

/** A table of the space's marts, as SQL names it. */
export const Dataset = Type.Object({
  name: Type.String(),
  /** What one row is. */
  grain: Nullable(Type.String()),
  description: Type.String(),
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String(), description: Type.String() })),
  /** Null of a view, whose rows would have to be computed. */
  rows: Nullable(Type.Integer()),
})
export type Dataset = Static<typeof Dataset>

export const DatasetsAnswer = Type.Object({ items: Type.Array(Dataset), as_of: AsOf })
export type DatasetsAnswer = Static<typeof DatasetsAnswer>

/** Rows of the owner's own SELECT. DECIMAL and integers of 64 bits and more are strings, as JSON's numbers lose digits. */
export const QueryAnswer = Type.Object({
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  rows: Type.Array(Type.Array(Type.Unknown())),
  /** There is more than a page may hold. */
  truncated: Type.Boolean(),
  as_of: AsOf,
  elapsed_ms: Type.Integer(),
})
export type QueryAnswer = Static<typeof QueryAnswer>

export const SavedQuery = Type.Object({
  id: Opaque,
  name: Type.String(),
  sql: Type.String(),
  saved_at: Instant,
})
export type SavedQuery = Static<typeof SavedQuery>
