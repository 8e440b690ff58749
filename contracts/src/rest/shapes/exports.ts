import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { Nullable, Opaque, told } from './parts.ts'

export const DataExport = told(
  Type.Object({
    id: Opaque,
    status: told(
      Type.Union([
        Type.Literal('preparing'),
        Type.Literal('ready'),
        Type.Literal('failed'),
        Type.Literal('expired'),
        Type.Literal('deleted'),
      ]),
      '`ready`: `GET /exports/{id}/file` answers it, until `expires_at`.',
    ),
    bytes: told(Nullable(Type.Integer()), 'Of the file.'),
    sha256: told(Nullable(Type.String()), 'Of the file, in hex.'),
    requested_at: Instant,
    ready_at: Nullable(Instant),
    expires_at: told(Nullable(Instant), 'From then on the file is gone.'),
    error: Nullable(Type.Object({ code: Type.String(), detail: Type.String() })),
  }),
  'All that there is of you as one ZIP file.',
)
export type DataExport = Static<typeof DataExport>
