import { Type } from 'typebox'
import { closed, Id, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const martsRoutes = {
  martStatus: route({
    method: 'GET',
    path: '/analytics/status',
    tag: 'Analytics',
    summary: 'The marts: version, log position, rows, when built',
    answers: { 200: S.MartStatus },
  }),
  rebuild: route({
    method: 'POST',
    path: '/analytics/rebuild',
    tag: 'Analytics',
    summary: 'Build the marts anew from the lake, beside the old ones; switched by itself where nothing differs',
    body: Type.Object({}, closed),
    answers: { 202: S.Rebuild },
    problems: ['rebuild_running', 'rebuild_empty'],
  }),
  rebuilds: route({
    method: 'GET',
    path: '/analytics/rebuilds',
    tag: 'Analytics',
    summary: 'Rebuilds, newest first',
    answers: { 200: S.page(S.Rebuild) },
  }),
  getRebuild: route({
    method: 'GET',
    path: '/analytics/rebuilds/{id}',
    tag: 'Analytics',
    summary: 'One rebuild: progress, and how old and new compare',
    params: Id,
    answers: { 200: S.Rebuild },
    problems: ['rebuild_not_found'],
  }),
  switchRebuild: route({
    method: 'POST',
    path: '/analytics/rebuilds/{id}/switch',
    tag: 'Analytics',
    summary: 'Answer from the new marts although something differs',
    params: Id,
    answers: { 200: S.Rebuild },
    problems: ['rebuild_not_found', 'rebuild_not_compared'],
  }),
  discardRebuild: route({
    method: 'POST',
    path: '/analytics/rebuilds/{id}/discard',
    tag: 'Analytics',
    summary: 'Keep the old marts; stops one that is being built',
    params: Id,
    answers: { 200: S.Rebuild },
    problems: ['rebuild_not_found', 'rebuild_not_compared'],
  }),
} as const satisfies Record<string, Route>
