import { Id, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const importsRoutes = {
  imports: route({
    method: 'GET',
    path: '/imports',
    tag: 'Imports',
    summary: 'Statement files, newest first',
    answers: { 200: S.page(S.Import) },
  }),
  importStatement: route({
    method: 'POST',
    path: '/imports',
    tag: 'Imports',
    summary: 'A statement file (multipart: file; account_id or new_account; mapping; dry_run)',
    upload: true,
    body: S.StatementForm,
    answers: { 201: S.Import, 202: S.Import },
    problems: [
      'statement_unreadable',
      'statement_too_large',
      'account_not_found',
      'account_needed',
      'account_ambiguous',
      'accounts_differ',
      'currencies_differ',
      'mapping_needed',
      'imported_already',
    ],
  }),
  takeBackImport: route({
    method: 'DELETE',
    path: '/imports/{id}',
    tag: 'Imports',
    summary: 'Take a file back; what only it told is gone',
    params: Id,
    answers: { 204: null },
    mayLag: true,
    problems: ['import_not_found'],
  }),
} as const satisfies Record<string, Route>
