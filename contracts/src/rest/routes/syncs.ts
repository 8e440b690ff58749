import { type Static, Type } from 'typebox'
import { Cursor, closed, Id, Limit, query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const SyncsQuery = query({
  run_id: Type.Optional(Type.String({ maxLength: 128 })),
  connection_id: Type.Optional(Type.String({ maxLength: 128 })),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
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
    body: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 366 }) }, closed),
    answers: { 202: Type.Object({ bank_now: Type.String(), runs: Type.Array(S.SyncRun) }) },
    problems: ['demo_off'],
  }),
} as const satisfies Record<string, Route>
