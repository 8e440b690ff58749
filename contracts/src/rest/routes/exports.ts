import { Type } from 'typebox'
import { closed, Id, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const exportsRoutes = {
  requestExport: route({
    method: 'POST',
    path: '/exports',
    tag: 'Exports',
    // Beside the rows it holds where and how its owner signs in.
    scope: 'session',
    summary: 'All that there is of you as one ZIP file, ready when it is',
    description: `What is in it: what the API answers as JSON, all payments as CSV and as Parquet, the lake's own Parquet files, and what banks
and statement files said, byte for byte. Written in the background, one at a time; kept for seven days, sealed; gone as soon as you are
erased, or a connection of which it tells.`,
    body: Type.Object({}, closed),
    answers: { 202: S.DataExport },
    problems: ['export_running', 'exports_full'],
  }),
  dataExports: route({
    method: 'GET',
    path: '/exports',
    tag: 'Exports',
    summary: 'Exports, newest first',
    answers: { 200: S.page(S.DataExport) },
  }),
  dataExport: route({
    method: 'GET',
    path: '/exports/{id}',
    tag: 'Exports',
    summary: 'One export: whether it is ready',
    params: Id,
    answers: { 200: S.DataExport },
    problems: ['export_not_found'],
  }),
  exportFile: route({
    method: 'GET',
    path: '/exports/{id}/file',
    tag: 'Exports',
    scope: 'session',
    summary: 'The file, once it is ready',
    params: Id,
    answers: { 200: null },
    media: 'application/zip',
    problems: ['export_not_found'],
  }),
  deleteExport: route({
    method: 'DELETE',
    path: '/exports/{id}',
    tag: 'Exports',
    scope: 'session',
    summary: 'Delete the file now; stops one that is being written',
    params: Id,
    answers: { 204: null },
    problems: ['export_not_found'],
  }),
} as const satisfies Record<string, Route>
