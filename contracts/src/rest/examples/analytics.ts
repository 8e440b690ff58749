import type { analyticsRoutes } from '../routes/analytics.ts'
import type { exportsRoutes } from '../routes/exports.ts'
import type { martsRoutes } from '../routes/marts.ts'
import type { sqlRoutes } from '../routes/sql.ts'
import type { DataExport, Rebuild } from '../shapes.ts'
import type { ExamplesOf } from './example.ts'
import { asOf, gbp, ids, sqlOfMonths } from './parts.ts'

const since = { date_from: '2026-11-01', date_to: '2026-11-30' }

export const analyticsExamples: ExamplesOf<typeof analyticsRoutes> = {
  spending: {
    query: { group_by: 'month,category', ...since },
    answers: {
      200: {
        items: [{ period: '2026-11', category: 'groceries', currency: 'GBP', amount: gbp('312.40'), count: 9 }],
        as_of: asOf,
      },
    },
  },
  cashFlow: {
    query: { interval: 'month', ...since },
    answers: {
      200: {
        items: [{ period: '2026-11', currency: 'GBP', in: gbp('2450.00'), out: gbp('-1713.20'), net: gbp('736.80') }],
        as_of: asOf,
      },
    },
  },
  netWorth: {
    query: { interval: 'month', ...since },
    answers: {
      200: {
        items: [
          {
            period: '2026-11',
            currency: 'GBP',
            assets: gbp('8204.55'),
            liabilities: gbp('-310.00'),
            net: gbp('7894.55'),
          },
        ],
        accounts_without_balance: [],
        as_of: asOf,
      },
    },
  },
  recurring: {
    query: { status: 'active' },
    answers: {
      200: {
        items: [
          {
            id: ids.recurring,
            account_id: ids.account,
            counterparty: 'Streamly',
            interval: 'monthly',
            amount: gbp('-10.99'),
            amount_from: gbp('-10.99'),
            amount_to: gbp('-8.99'),
            variance: 0.09,
            count: 24,
            first_date: '2024-12-03',
            last_date: '2026-11-03',
            next_date: '2026-12-03',
            status: 'active',
            price_changes: [{ date: '2026-02-03', from: gbp('-8.99'), to: gbp('-10.99') }],
          },
        ],
        as_of: asOf,
      },
    },
  },
}

const rebuild: Rebuild = {
  id: ids.rebuild,
  status: 'compared',
  progress: { files: 4, files_loaded: 4, rows_loaded: 912 },
  comparison: {
    same: false,
    log_position: 'storage:1842',
    tables: [
      {
        name: 'fct_transactions',
        before: { rows: 911, digest: '51c2' },
        after: { rows: 912, digest: '7e01' },
        same: false,
      },
    ],
    sums: [{ currency: 'GBP', before: gbp('1249.55'), after: gbp('1204.55') }],
    proof: [{ status: 'verified', before: 729, after: 730 }],
    transactions: [ids.transaction],
  },
  started_at: '2026-11-20T10:00:00.000Z',
  finished_at: null,
  old_kept_until: null,
  error: null,
}
const building: Rebuild = {
  ...rebuild,
  status: 'building',
  progress: { files: 4, files_loaded: 0, rows_loaded: 0 },
  comparison: null,
}
const ended = { finished_at: '2026-11-20T10:05:00.000Z', old_kept_until: '2026-12-20T10:05:00.000Z' }
const byId = { id: ids.rebuild }

export const martsExamples: ExamplesOf<typeof martsRoutes> = {
  martStatus: {
    answers: {
      200: {
        items: [
          {
            name: 'fct_transactions',
            version: '5f3c',
            log_position: asOf.log_position,
            rows: 912,
            built_at: asOf.built_at,
          },
        ],
        as_of: asOf,
      },
    },
  },
  rebuild: { body: {}, answers: { 202: building } },
  rebuilds: { answers: { 200: { items: [rebuild] } } },
  getRebuild: { params: byId, answers: { 200: rebuild } },
  switchRebuild: { params: byId, answers: { 200: { ...rebuild, status: 'switched', ...ended } } },
  discardRebuild: {
    params: byId,
    answers: { 200: { ...rebuild, status: 'discarded', finished_at: ended.finished_at } },
  },
}

const query = { id: ids.query, name: 'Rows', sql: sqlOfMonths, saved_at: '2026-11-20T10:10:00.000Z' }

export const sqlExamples: ExamplesOf<typeof sqlRoutes> = {
  datasets: {
    answers: {
      200: {
        items: [
          {
            name: 'fct_transactions',
            grain: 'one row per payment',
            description: 'Every payment, once.',
            columns: [{ name: 'transaction_id', type: 'VARCHAR', description: 'Its id.' }],
            rows: 912,
          },
        ],
        as_of: asOf,
      },
    },
  },
  query: {
    body: { sql: sqlOfMonths },
    answers: {
      200: {
        columns: [{ name: 'rows', type: 'BIGINT' }],
        rows: [['912']],
        truncated: false,
        as_of: asOf,
        elapsed_ms: 4,
      },
    },
  },
  savedQueries: { answers: { 200: { items: [query] } } },
  saveQuery: { body: { name: query.name, sql: query.sql }, answers: { 201: query } },
  deleteQuery: { params: { id: ids.query }, answers: { 204: null } },
}

const preparing: DataExport = {
  id: ids.export,
  status: 'preparing',
  bytes: null,
  sha256: null,
  requested_at: '2026-11-20T10:20:00.000Z',
  ready_at: null,
  expires_at: null,
  error: null,
}
const ready: DataExport = {
  ...preparing,
  status: 'ready',
  bytes: 1_482_331,
  sha256: '4b1f0c66d2a4e9d6f7b8f5f0a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
  ready_at: '2026-11-20T10:20:03.000Z',
  expires_at: '2026-11-27T10:20:03.000Z',
}

export const exportsExamples: ExamplesOf<typeof exportsRoutes> = {
  requestExport: { body: {}, answers: { 202: preparing } },
  dataExports: { answers: { 200: { items: [ready] } } },
  dataExport: { params: { id: ids.export }, answers: { 200: ready } },
  exportFile: { params: { id: ids.export }, answers: { 200: 'PK…' } },
  deleteExport: { params: { id: ids.export }, answers: { 204: null } },
}
