import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { AsOf, Nullable, Opaque, told } from './parts.ts'

export const Dataset = told(
  Type.Object({
    name: Type.String(),
    grain: told(Nullable(Type.String()), 'What one row is.'),
    description: Type.String(),
    columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String(), description: Type.String() })),
    rows: told(Nullable(Type.Integer()), 'Null of a view, whose rows would have to be computed.'),
  }),
  "A table of the space's marts, as SQL names it.",
)
export type Dataset = Static<typeof Dataset>

export const DatasetsAnswer = Type.Object({ items: Type.Array(Dataset), as_of: AsOf })
export type DatasetsAnswer = Static<typeof DatasetsAnswer>

export const QueryAnswer = told(
  Type.Object({
    columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
    rows: Type.Array(Type.Array(Type.Unknown())),
    truncated: told(Type.Boolean(), 'There is more than a page may hold.'),
    as_of: AsOf,
    elapsed_ms: Type.Integer(),
  }),
  "Rows of the owner's own SELECT. DECIMAL and integers of 64 bits and more are strings, as JSON's numbers lose digits.",
)
export type QueryAnswer = Static<typeof QueryAnswer>

export const SavedQuery = Type.Object({
  id: Opaque,
  name: Type.String(),
  sql: Type.String(),
  saved_at: Instant,
})
export type SavedQuery = Static<typeof SavedQuery>
