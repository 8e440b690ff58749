import { specify } from '@pf/eventing/testing'
import { decide, evolve, initial, type SpaceErasureCommand } from './space-erasure.ts'

const { given } = specify({ initial, decide, evolve })
const at = '2026-03-01T10:00:00.000Z'
const asked = { erasureId: 'e', spaceId: 's', userId: 'u', requestedAt: at }
const request: SpaceErasureCommand = { type: 'RequestErasure', ...asked }
const requested = { type: 'SpaceErasureRequested', data: asked } as const
const done: SpaceErasureCommand = { type: 'RecordErased', erasureId: 'e', erasedAt: at }
const erased = { type: 'SpaceErased', data: { erasureId: 'e', erasedAt: at } } as const

describe('an erasure of a space', () => {
  it('is requested once', () => {
    given([]).when(request).then([requested])
    given([requested]).when(request).then([])
    given([requested, erased]).when(request).then([])
  })

  it('is done once, and not before it was asked for', () => {
    given([requested]).when(done).then([erased])
    given([requested, erased]).when(done).then([])
    given([]).when(done).then([])
  })
})
