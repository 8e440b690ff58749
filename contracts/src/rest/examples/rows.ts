import type { heldRoutes } from '../routes/held.ts'
import type { identityRoutes } from '../routes/identity.ts'
import type { importsRoutes } from '../routes/imports.ts'
import type { Import } from '../shapes.ts'
import type { ExamplesOf } from './example.ts'
import { dayOf, gbp, ids, payload } from './parts.ts'

const held = {
  id: ids.held,
  account_id: ids.account,
  source: 'sandbox',
  section: 'booked',
  reason: 'no_date',
  detail: 'The row has no date that can be read. Say which day it is of, or leave it out.',
  first_seen: '2026-11-20T08:00:01.000Z',
  payload: { ...payload, bookingDate: '' },
  read: { date: null, amount: gbp('-45.00'), description: payload.remittanceInformationUnstructured },
  verdicts: ['accept' as const, 'dismiss' as const],
  candidates: [],
  decision: null,
}

export const heldExamples: ExamplesOf<typeof heldRoutes> = {
  held: { query: { decided: false, limit: 50 }, answers: { 200: { items: [held] } } },
  decideHeld: {
    params: { id: ids.held },
    body: { verdict: 'accept', date: '2026-11-20' },
    answers: {
      200: {
        ...held,
        decision: { verdict: 'accept', transaction_id: ids.transaction, decided_at: '2026-11-20T09:12:00.000Z' },
      },
    },
  },
  undecideHeld: { params: { id: ids.held }, answers: { 204: null } },
}

const decision = {
  id: ids.decision,
  account_id: ids.account,
  verdict: 'same' as const,
  transaction_ids: [ids.transaction, ids.twin],
  transaction_id: ids.transaction,
  decided_at: '2026-11-20T09:15:00.000Z',
  taken_back_at: null,
}
const rules = {
  normaliser_version: 3,
  identity_version: 4,
  accounts: [
    {
      account_id: ids.account,
      normaliser_version: 3,
      identity_version: 4,
      unchanged: 912,
      added: 0,
      changed: 0,
      gone: 0,
      held: 0,
      differences: [],
    },
  ],
}

export const identityExamples: ExamplesOf<typeof identityRoutes> = {
  identityDecisions: { answers: { 200: { items: [decision] } } },
  decideIdentity: {
    body: { transaction_ids: [ids.transaction, ids.twin], verdict: 'same' },
    answers: { 201: decision },
  },
  undecideIdentity: { params: { id: ids.decision }, answers: { 204: null } },
  rulesReport: { answers: { 200: rules } },
  switchRules: { answers: { 200: rules } },
}

const imported: Import = {
  id: ids.import,
  status: 'imported',
  file_name: 'november.csv',
  format: 'csv',
  preset: 'monzo',
  account: { id: ids.account, name: 'Everyday', recognised: 'known' },
  window: dayOf,
  observed: 41,
  added: 3,
  matched: 38,
  held: 0,
  doubled: 0,
  preview: [{ outcome: 'added', date: '2026-11-03', amount: gbp('-4.20'), description: 'THE LOCAL', reason: null }],
  mapping: null,
  columns: [],
  problems: [],
  imported_at: '2026-11-20T09:20:00.000Z',
}

export const importsExamples: ExamplesOf<typeof importsRoutes> = {
  imports: { answers: { 200: { items: [imported] } } },
  importStatement: {
    body: { account_id: ids.account, dry_run: false },
    answers: { 201: imported, 202: { ...imported, status: 'importing', imported_at: null } },
  },
  takeBackImport: { params: { id: ids.import }, answers: { 204: null } },
}
