import { Id, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const operationsRoutes = {
  events: route({
    method: 'GET',
    path: '/events',
    tag: 'Live',
    summary: 'Server-sent notices: what to read again',
    media: 'text/event-stream',
    answers: { 200: null },
  }),
  operations: route({
    method: 'GET',
    path: '/operations',
    tag: 'Operations',
    scope: 'admin',
    summary: 'Read models with their lag, what was set aside, pending erasures, the last restore drill (operator)',
    answers: { 200: S.Operations },
    problems: ['operator_only'],
  }),
  retryQuarantined: route({
    method: 'POST',
    path: '/quarantine/{id}/retry',
    tag: 'Operations',
    scope: 'admin',
    summary: 'Repeat what was set aside (operator)',
    params: Id,
    answers: { 200: S.Retried },
    problems: ['operator_only', 'quarantined_not_found'],
  }),
  health: route({
    method: 'GET',
    path: '/health',
    tag: 'Operations',
    open: true,
    summary: 'The process lives',
    answers: { 200: S.Health },
  }),
  ready: route({
    method: 'GET',
    path: '/ready',
    tag: 'Operations',
    open: true,
    summary: 'Each dependency',
    answers: {
      200: S.Readiness,
      503: S.Readiness,
    },
  }),
} as const satisfies Record<string, Route>
