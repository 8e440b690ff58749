import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { Money, Nullable, Opaque, told } from './parts.ts'

export const statementFormats = ['csv', 'ofx', 'qif', 'camt053', 'mt940'] as const

export const CsvMapping = told(
  Type.Object(
    {
      delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
      skip_rows: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
      header: Type.Optional(Type.Boolean()),
      date_format: Type.Optional(told(Type.String({ maxLength: 32 }), 'Such as `dd/MM/yyyy`.')),
      decimal: Type.Optional(Type.Union([Type.Literal('.'), Type.Literal(',')])),
      invert: Type.Optional(told(Type.Boolean(), 'Money out stands without a minus, money in with one.')),
      columns: Type.Record(
        Type.String({ maxLength: 32 }),
        Type.Union([Type.String({ maxLength: 256 }), Type.Array(Type.String({ maxLength: 256 }), { maxItems: 8 })]),
      ),
    },
    { additionalProperties: false },
  ),
  'How the columns of a CSV are to be read; columns by header, or by number from 0 where there is none.',
)
export type CsvMapping = Static<typeof CsvMapping>

export const Import = told(
  Type.Object({
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
        recognised: told(
          Type.Union([Type.Literal('known'), Type.Literal('new')]),
          '`known`: recognised by its identifiers or named; `new`: it would be, or was, opened.',
        ),
      }),
    ),
    window: Nullable(Type.Object({ from: Day, to: Day })),
    observed: Type.Integer(),
    added: Type.Integer(),
    matched: Type.Integer(),
    held: Type.Integer(),
    doubled: Type.Integer(),
    preview: told(
      Type.Array(
        Type.Object({
          outcome: Type.Union([Type.Literal('added'), Type.Literal('matched'), Type.Literal('held')]),
          date: Nullable(Day),
          amount: Nullable(Money),
          description: Nullable(Type.String()),
          reason: Nullable(Type.String()),
        }),
      ),
      'Up to 20 of what would be added, and of what would be held.',
    ),
    mapping: Nullable(CsvMapping),
    columns: Type.Array(Type.Object({ name: Type.String(), samples: Type.Array(Type.String()) })),
    problems: Type.Array(Type.Object({ line: Nullable(Type.Integer()), code: Type.String(), detail: Type.String() })),
    imported_at: Nullable(Instant),
  }),
  'One statement file, imported or tried: "412 matched, 0 doubled, 3 only in the file".',
)
export type Import = Static<typeof Import>

export const NewAccount = told(
  Type.Object(
    {
      name: Type.String({ minLength: 1, maxLength: 100 }),
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
      kind: Type.Optional(Type.String({ maxLength: 32, description: 'current, savings, card, loan or other' })),
      institution: Type.Optional(Type.String({ maxLength: 256 })),
    },
    { additionalProperties: false },
  ),
  'An account that is to be opened for a file.',
)
export type NewAccount = Static<typeof NewAccount>

export const StatementForm = told(
  Type.Object(
    {
      account_id: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 128,
          description: 'Whose it is, where the file does not say so itself.',
        }),
      ),
      new_account: Type.Optional(NewAccount),
      mapping: Type.Optional(CsvMapping),
      dry_run: Type.Optional(Type.Boolean({ description: '`true`: say what would be done and do nothing.' })),
      part: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1000,
          description: 'Which of the accounts, from 0, of a file that tells of several.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  'What comes beside the file, each as one field of the form; `new_account` and `mapping` as JSON.',
)
export type StatementForm = Static<typeof StatementForm>
