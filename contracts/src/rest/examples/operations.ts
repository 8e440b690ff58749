import type { operationsRoutes } from '../routes/operations.ts'
import type { ExamplesOf } from './example.ts'
import { ids } from './parts.ts'

const notice = { topic: 'syncs', log_position: 'extraction:412', connection_id: ids.connection }
const parked = 'storage:projection:held_rows:0193a1c5'

export const operationsExamples: ExamplesOf<typeof operationsRoutes> = {
  events: {
    answers: { 200: `retry: 1000\n: open\n\nid: 5a4d00000001-17\nevent: notice\ndata: ${JSON.stringify(notice)}\n\n` },
  },
  operations: {
    answers: {
      200: {
        projections: [
          {
            service: 'storage',
            name: 'held_rows',
            version: 2,
            state: 'active',
            reason: null,
            lag: 0,
            parked: 1,
            rebuild: null,
          },
        ],
        quarantine: [
          {
            id: parked,
            service: 'storage',
            kind: 'projection',
            name: 'held_rows',
            reason: 'The event could not be read.',
            since: '2026-11-20T08:00:00.000Z',
            messages: 1,
            asked: false,
          },
        ],
        erasures: [],
        last_drill: {
          passed_at: '2026-11-19T03:10:00.000Z',
          backup_made_at: '2026-11-19T03:00:00.000Z',
          messages: 18204,
          raw_objects: 412,
        },
        unavailable: [],
      },
    },
  },
  retryQuarantined: { params: { id: parked }, answers: { 200: { id: parked, outcome: 'healed' } } },
  health: { answers: { 200: { status: 'ok' } } },
  ready: {
    answers: {
      200: {
        status: 'ok',
        dependencies: { auth: 'ok', connection: 'ok' },
        providers: { sandbox: 'ok', gocardless: 'did not answer at 2026-11-20T08:00:00.000Z' },
      },
      503: { status: 'not ready', dependencies: { auth: 'ok', connection: 'bus: unavailable' }, providers: {} },
    },
  },
}
