import { type Static, Type } from 'typebox'
import { ById, Cursor, closed, Id, Limit, query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const SyncsQuery = query({
  run_id: ById('Of this run: the syncs that were asked for together.'),
  connection_id: ById('Of this connection alone.'),
  account_id: ById('Of this account alone.'),
  limit: Limit,
  cursor: Cursor,
})
export type SyncsQuery = Static<typeof SyncsQuery>

export const syncsRoutes = {
  syncConnection: route({
    method: 'POST',
    path: '/connections/{id}/sync',
    tag: 'Syncs',
    summary: 'Sync now',
    description:
      'Answers as soon as the syncs are queued, one per account; `GET /syncs?run_id=` tells how far they are. Each bank allows only some calls a day (`quota` of the connection): `Retry-After` says when the next is possible.',
    params: Id,
    answers: { 202: S.SyncRun },
    problems: ['connection_not_found', 'connection_not_active', 'quota_exhausted', 'bank_rests', 'sync_in_progress'],
  }),
  syncs: route({
    method: 'GET',
    path: '/syncs',
    tag: 'Syncs',
    summary: 'Syncs, newest first',
    query: SyncsQuery,
    answers: { 200: S.page(S.Sync) },
  }),
  sync: route({
    method: 'GET',
    path: '/syncs/{id}',
    tag: 'Syncs',
    summary: 'One sync',
    params: Id,
    answers: { 200: S.Sync },
    problems: ['sync_not_found'],
  }),
  advanceDemo: route({
    method: 'POST',
    path: '/demo/advance',
    tag: 'Demo',
    summary: "Move the demo bank's day and sync",
    body: Type.Object(
      { days: Type.Integer({ minimum: 1, maximum: 366, description: 'How many days the bank’s today moves on.' }) },
      closed,
    ),
    answers: { 202: S.DemoAdvance },
    problems: ['demo_off'],
  }),
} as const satisfies Record<string, Route>
