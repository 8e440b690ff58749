import type { ConnectionErasureEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import { connectionId, spaceId, userId } from './builders.ts'
import * as erasure from './connection-erasure.ts'

const { given } = specify(erasure)
const at = '2026-11-01T09:00:00.000Z'
const asked = {
  erasureId: 'e',
  spaceId,
  connectionId,
  accountIds: ['a'],
  keptAccountIds: ['b'],
  requestedBy: userId,
  requestedAt: at,
}
const request: erasure.ConnectionErasureCommand = { type: 'RequestErasure', ...asked }
const requested: ConnectionErasureEvent = { type: 'ConnectionErasureRequested', data: asked }
const done: erasure.ConnectionErasureCommand = { type: 'RecordErased', erasureId: 'e', erasedAt: at }
const erased: ConnectionErasureEvent = { type: 'ConnectionErased', data: { erasureId: 'e', erasedAt: at } }

describe('an erasure of a connection', () => {
  it('is requested once: what goes and what stays is settled then', () => {
    given([])
      .when(request)
      .then([requested])
      .leaves({ accountIds: ['a'], keptAccountIds: ['b'] })
    given([requested])
      .when({ ...request, accountIds: [] })
      .thenNothing()
    given([requested, erased]).when(request).thenNothing()
  })

  it('is done once, and not before it was asked for', () => {
    given([requested]).when(done).then([erased])
    given([requested, erased]).when(done).thenNothing()
    given([]).when(done).thenNothing()
  })
})
