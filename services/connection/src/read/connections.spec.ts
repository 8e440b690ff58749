import { specifyProjection } from '@pf/eventing/testing'
import {
  connectionId,
  connectionRemoved,
  connectionRenamed,
  connectionRequested,
  consentEnded,
  linkedAccount,
  requisitionCreated,
  requisitionLinked,
  spaceId,
  userId,
} from '../domain/builders.ts'
import { type ConnectionRow, connections } from './connections.ts'

const { given } = specifyProjection(connections)
const at = '2026-11-01T09:00:00.000Z'

const row = (overrides: Partial<ConnectionRow>): ConnectionRow => ({
  connectionId,
  spaceId,
  provider: 'sandbox',
  institutionId: 'SANDBOXFINANCE_SFIN0000',
  institutionName: 'Sandbox Finance',
  institutionLogo: '',
  friendlyName: null,
  requestedBy: userId,
  requestedAt: at,
  stage: 'pending',
  endReason: null,
  isAwaiting: false,
  awaitingRequisitionId: null,
  awaitingSince: null,
  requisitionId: null,
  grantedAt: null,
  expiresAt: null,
  accountIds: [],
  leftOut: [],
  seq: 1,
  ...overrides,
})
const awaiting = { isAwaiting: true, awaitingRequisitionId: 'r-1', awaitingSince: at }
const linked: Partial<ConnectionRow> = {
  stage: 'active',
  requisitionId: 'r-1',
  grantedAt: '2026-11-01T09:05:00.000Z',
  expiresAt: '2027-04-30T09:05:00.000Z',
  accountIds: [linkedAccount().accountId],
}
const requested = [connectionRequested(), requisitionCreated()]
const active = [...requested, requisitionLinked()]

describe('the read model of connections', () => {
  it('shows a bank that waits for its consent', () => {
    given(requested).then([row({ ...awaiting, seq: 2 })])
  })

  it('shows the consent that stands, and its accounts', () => {
    given(active).then([row({ ...linked, seq: 3 })])
  })

  it('shows a first consent that was refused as waiting for nothing', () => {
    given([...requested, consentEnded({ reason: 'refused' })]).then([row({ seq: 3 })])
  })

  it('shows why accounts are left out, of the consent that stands or of the first that came to nothing', () => {
    const leftOut = [{ providerAccountId: 'p-9', reason: 'account_ambiguous' as const }]
    const reasons = { leftOut: ['account_ambiguous' as const] }
    const linkedWithout = [...requested, requisitionLinked({ leftOut })]
    given(linkedWithout).then([row({ ...linked, ...reasons, seq: 3 })])
    given([...requested, consentEnded({ reason: 'refused', leftOut })]).then([row({ ...reasons, seq: 3 })])
    const renewal = [
      requisitionCreated({ requisitionId: 'r-2' }),
      consentEnded({ requisitionId: 'r-2', reason: 'refused' }),
    ]
    given([...linkedWithout, ...renewal]).then([row({ ...linked, ...reasons, seq: 5 })])
  })

  it('keeps the consent that stands when a renewal is refused', () => {
    const renewal = [
      requisitionCreated({ requisitionId: 'r-2' }),
      consentEnded({ requisitionId: 'r-2', reason: 'refused' }),
    ]
    given([...active, ...renewal]).then([row({ ...linked, seq: 5 })])
  })

  it('shows why a consent ended', () => {
    given([...active, consentEnded({ reason: 'expired' })]).then([
      row({ ...linked, stage: 'ended', endReason: 'expired', seq: 4 }),
    ])
  })

  it('shows the name that its owner gave', () => {
    given([...active, connectionRenamed({ friendlyName: 'Ours' })]).then([
      row({ ...linked, friendlyName: 'Ours', seq: 4 }),
    ])
  })

  it('keeps a removed one, apart from those that stand', () => {
    given([...active, connectionRemoved()]).then([row({ ...linked, stage: 'removed', seq: 4 })])
  })

  it('is not moved back by a message that it has seen', () => {
    const again = { event: requisitionCreated(), meta: { seq: 2 } }
    given([...active, again]).then([row({ ...linked, seq: 3 })])
  })
})
