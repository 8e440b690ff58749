import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { Money, Nullable, Opaque } from './parts.ts'

export const statementFormats = ['csv', 'ofx', 'qif', 'camt053', 'mt940'] as const

/** How the columns of a CSV are to be read; columns by header, or by number from 0 where there is none. */
export const CsvMapping = Type.Object(
  {
    delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
    skip_rows: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    header: Type.Optional(Type.Boolean()),
    /** Such as `dd/MM/yyyy`. */
    date_format: Type.Optional(Type.String({ maxLength: 32 })),
    decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
    /** Money out stands without a minus, money in with one. */
    invert: Type.Optional(Type.Boolean()),
    columns: Type.Record(
      Type.String({ maxLength: 32 }),
      Type.Union([Type.String({ maxLength: 256 }), Type.Array(Type.String({ maxLength: 256 }), { maxItems: 8 })]),
    ),
  },
  { additionalProperties: false },
)
export type CsvMapping = Static<typeof CsvMapping>

/** One statement file, imported or tried: "412 matched, 0 doubled, 3 only in the file". */
export const Import = Type.Object({
  id: Opaque,
  status: Type.Union([
    Type.Literal('dry_run'),
    Type.Literal('importing'),
    Type.Literal('imported'),
    Type.Literal('taken_back'),
    /** A CSV whose columns are not clear: look at `columns` and send `mapping`. */
    Type.Literal('mapping_needed'),
  ]),
  file_name: Type.String(),
  format: Type.String(),
  preset: Nullable(Type.String()),
  account: Nullable(
    Type.Object({
      id: Nullable(Opaque),
      name: Type.String(),
      /** `known`: recognised by its identifiers or named; `new`: it would be, or was, opened. */
      recognised: Type.Union([Type.Literal('known'), Type.Literal('new')]),
    }),
  ),
  window: Nullable(Type.Object({ from: Day, to: Day })),
  observed: Type.Integer(),
  added: Type.Integer(),
  matched: Type.Integer(),
  held: Type.Integer(),
  doubled: Type.Integer(),
  /** Up to 20 of what would be added, and of what would be held. */
  preview: Type.Array(
    Type.Object({
      outcome: Type.Union([Type.Literal('added'), Type.Literal('matched'), Type.Literal('held')]),
      date: Nullable(Day),
      amount: Nullable(Money),
      description: Nullable(Type.String()),
      reason: Nullable(Type.String()),
    }),
  ),
  mapping: Nullable(CsvMapping),
  columns: Type.Array(Type.Object({ name: Type.String(), samples: Type.Array(Type.String()) })),
  problems: Type.Array(Type.Object({ line: Nullable(Type.Integer()), code: Type.String(), detail: Type.String() })),
  imported_at: Nullable(Instant),
})
export type Import = Static<typeof Import>
