import { type Static, Type } from 'typebox'
import { Opaque, told } from './parts.ts'

export const Notice = told(
  Type.Object({
    topic: Type.Union([
      Type.Literal('connections'),
      Type.Literal('syncs'),
      Type.Literal('marts'),
      Type.Literal('session'),
      Type.Literal('held'),
      Type.Literal('imports'),
      Type.Literal('rebuilds'),
      Type.Literal('queries'),
      Type.Literal('exports'),
    ]),
    log_position: Type.String(),
    connection_id: Type.Optional(Opaque),
    account_id: Type.Optional(Opaque),
  }),
  'What `GET /events` sends as `event: notice`: which topic to read again, waiting for the position.',
)
export type Notice = Static<typeof Notice>
