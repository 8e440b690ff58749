import { Type } from 'typebox'
import { closed, Id, Name, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

/** At most what one request on the bus and one event carry with ease. */
const Sql = Type.String({
  minLength: 1,
  maxLength: 20_000,
  description: 'One SELECT in DuckDB’s SQL over the tables of `GET /analytics/datasets`.',
})

export const sqlRoutes = {
  datasets: route({
    method: 'GET',
    path: '/analytics/datasets',
    tag: 'Analytics',
    summary: "The marts' tables: columns, types, grain, rows",
    answers: { 200: S.DatasetsAnswer },
  }),
  query: route({
    method: 'POST',
    path: '/analytics/query',
    tag: 'Analytics',
    scope: 'read',
    summary: 'One SELECT over the marts; bounded in time, rows and memory',
    body: Type.Object({ sql: Sql }, closed),
    answers: { 200: S.QueryAnswer },
    problems: ['query_invalid', 'query_timeout', 'query_too_large', 'overloaded'],
  }),
  savedQueries: route({
    method: 'GET',
    path: '/queries',
    tag: 'Analytics',
    summary: 'Saved queries, by name',
    answers: { 200: S.page(S.SavedQuery) },
  }),
  saveQuery: route({
    method: 'POST',
    path: '/queries',
    tag: 'Analytics',
    summary: 'Keep a query under a name',
    body: Type.Object({ name: Name, sql: Sql }, closed),
    answers: { 201: S.SavedQuery },
    problems: ['query_name_taken', 'queries_full'],
  }),
  deleteQuery: route({
    method: 'DELETE',
    path: '/queries/{id}',
    tag: 'Analytics',
    summary: 'Delete a saved query',
    params: Id,
    answers: { 204: null },
    problems: ['query_not_found'],
  }),
} as const satisfies Record<string, Route>
