import { type SpaceErasureEvent, systemSpace } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { pendingErasures } from './pending-erasures.ts'

const requestedAt = '2026-11-01T12:00:00.000Z'
const ids = { spaceId: 'someone', userId: 'someone', connectionId: 'theirs' }
const meta = { spaceId: systemSpace }
const asked = (erasureId: string): SpaceErasureEvent => ({
  type: 'SpaceErasureRequested',
  data: { erasureId, requestedAt, spaceId: ids.spaceId, userId: ids.userId },
})

describe('the read model of pending erasures', () => {
  it('has what was asked for and is not done, and nothing that is being erased', () => {
    const row = { erasureId: 'e-2', spaceId: systemSpace, of: 'space', requestedAt }
    specifyProjection(pendingErasures('auth'))
      .given([
        { event: asked('e-1'), meta },
        { event: asked('e-2'), meta },
        { event: { type: 'SpaceErased', data: { erasureId: 'e-1', erasedAt: requestedAt } }, meta },
      ])
      .then([row])
  })

  it('has those of single connections in their own stream', () => {
    const { userId: requestedBy, ...of } = ids
    const data = { ...of, erasureId: 'e-3', accountIds: [], keptAccountIds: [], requestedBy, requestedAt }
    const model = specifyProjection(pendingErasures('connection'))
    const event = { type: 'ConnectionErasureRequested', data } as const
    model.given([{ event, meta }]).then([{ erasureId: 'e-3', spaceId: systemSpace, of: 'connection', requestedAt }])
    const done = { type: 'ConnectionErased', data: { erasureId: 'e-3', erasedAt: requestedAt } } as const
    model
      .given([
        { event, meta },
        { event: done, meta },
      ])
      .then([])
  })
})
