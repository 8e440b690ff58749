import type { connectionsRoutes } from '../routes/connections.ts'
import type { providersRoutes } from '../routes/providers.ts'
import type { syncsRoutes } from '../routes/syncs.ts'
import type { Connection } from '../shapes.ts'
import type { ExamplesOf } from './example.ts'
import { dayOf, ids, institution, logoName } from './parts.ts'

const provider = {
  id: 'gocardless',
  kind: 'gocardless',
  configured: true,
  demo: false,
  redirect_url: 'https://money.example.org/api/connections/callback',
}

export const providersExamples: ExamplesOf<typeof providersRoutes> = {
  providers: {
    answers: { 200: { items: [provider, { id: 'sandbox', kind: 'gocardless', configured: true, demo: true }] } },
  },
  putProviderKeys: {
    params: { id: 'gocardless' },
    body: { secret_id: '7ab1f1f0-7a5e-4f0e-b8a1-2f6d3c9e0001', secret_key: 'a-long-secret-of-the-provider' },
    answers: { 200: provider },
  },
  checkProvider: {
    params: { id: 'gocardless' },
    answers: {
      200: { ok: true, findings: [{ ok: true, what: 'keys', detail: 'The provider takes them.' }] },
    },
  },
  institutions: {
    query: { country: 'GB', q: 'wrenfield' },
    answers: {
      200: {
        items: [
          {
            ...institution,
            provider: 'sandbox',
            bic: 'SFIN0000',
            countries: ['GB'],
            max_history_days: 730,
            max_consent_days: 90,
            demo: true,
          },
        ],
      },
    },
  },
}

const connection: Connection = {
  id: ids.connection,
  provider: 'sandbox',
  institution,
  friendly_name: 'Everyday',
  status: 'active',
  consent: { granted_at: '2026-11-20T08:00:00.000Z', expires_at: '2027-02-18T08:00:00.000Z', history_days: 730 },
  accounts: [ids.account],
  last_sync: { id: ids.sync, status: 'completed', finished_at: '2026-11-20T08:00:04.112Z', error: null },
  next_sync_at: '2026-11-20T14:00:00.000Z',
  stale_since: null,
  quota: [
    { account_id: ids.account, scope: 'transactions', limit: 4, remaining: 3, resets_at: '2026-11-21T00:00:00.000Z' },
  ],
  sync_held: null,
  left_out: [],
  missed: [],
  demo: true,
  reconfirmation: null,
  error: null,
}
const link = {
  id: ids.connection,
  status: 'pending',
  link: 'http://localhost:8010/start/0d1c9a6e-9f6f-4a55-a1b0-9f2f7b1e0001',
  history_days: 730,
}
const byId = { id: ids.connection }

export const connectionsExamples: ExamplesOf<typeof connectionsRoutes> = {
  logo: { params: { name: logoName }, answers: { 200: 'PNG…' } },
  requestConnection: {
    body: { institution_id: institution.id, friendly_name: 'Everyday' },
    answers: { 201: link },
  },
  connectionCallback: { query: { ref: 'c9b0b5e2f3a94f0f8d6a7f51' }, answers: { 302: null } },
  completeConnection: { params: byId, body: {}, answers: { 200: connection } },
  connections: { answers: { 200: { items: [connection] } } },
  connection: { params: byId, answers: { 200: connection } },
  renameConnection: { params: byId, body: { friendly_name: 'Everyday' }, answers: { 200: connection } },
  renewConnection: { params: byId, answers: { 200: { ...link, status: 'active' } } },
  removeConnection: {
    params: byId,
    query: { erase: false },
    answers: { 202: { id: ids.connection, erased_account_ids: [ids.account], kept_account_ids: [] }, 204: null },
  },
}

const run = { run_id: ids.run, syncs: [{ id: ids.sync, account_id: ids.account }] }
const sync = {
  id: ids.sync,
  run_id: ids.run,
  connection_id: ids.connection,
  account_id: ids.account,
  trigger: 'user',
  status: 'completed',
  window: dayOf,
  missed: null,
  calls: 3,
  observed: 41,
  added: 2,
  updated: 1,
  unchanged: 38,
  held: 0,
  requested_at: '2026-11-20T08:00:00.000Z',
  started_at: '2026-11-20T08:00:00.210Z',
  finished_at: '2026-11-20T08:00:04.112Z',
  retry_at: null,
  error: null,
} as const

export const syncsExamples: ExamplesOf<typeof syncsRoutes> = {
  syncConnection: { params: byId, answers: { 202: run } },
  syncs: { query: { connection_id: ids.connection, limit: 50 }, answers: { 200: { items: [sync] } } },
  sync: { params: { id: ids.sync }, answers: { 200: sync } },
  advanceDemo: { body: { days: 1 }, answers: { 202: { bank_now: '2026-11-21T08:00:00.000Z', runs: [run] } } },
}
