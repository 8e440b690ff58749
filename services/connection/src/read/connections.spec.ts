import { specifyProjection } from '@pf/eventing/testing'
import {
  connectionId,
  connectionRemoved,
  connectionRenamed,
  connectionRequested,
  consentEnded,
  consentExpiring,
  consentReconfirmed,
  consentSuspended,
  linkedAccount,
  reconfirmationAgreed,
  reconfirmationDue,
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
  awaitingReconfirms: false,
  requisitionId: null,
  grantedAt: null,
  expiresAt: null,
  historyDays: null,
  expiryAnnounced: false,
  reconfirms: false,
  confirmedAt: null,
  reconfirmation: null,
  isReconfirming: false,
  isSuspended: false,
  watchAt: null,
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
  historyDays: 730,
  confirmedAt: '2026-11-01T09:05:00.000Z',
  watchAt: '2027-04-16T09:05:00.000Z',
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
      row({ ...linked, stage: 'ended', endReason: 'expired', watchAt: null, seq: 4 }),
    ])
  })

  it('is to be looked at when its consent ends, once that was announced', () => {
    const announced = { ...linked, expiryAnnounced: true, watchAt: '2027-04-30T09:05:00.000Z' }
    given([...active, consentExpiring()]).then([row({ ...announced, seq: 4 })])
    given([...active, consentExpiring(), requisitionCreated({ requisitionId: 'r-2' })]).then([
      row({ ...announced, ...awaiting, awaitingRequisitionId: 'r-2', seq: 5 }),
    ])
  })

  it('shows where a consent is to be confirmed, until it was', () => {
    const agreed = [connectionRequested(), requisitionCreated(), reconfirmationAgreed(), requisitionLinked()]
    const confirming = { ...linked, reconfirms: true }
    given(agreed).then([row({ ...confirming, watchAt: '2027-01-16T09:05:00.000Z', seq: 4 })])
    const { link, dueAt, validTo } = reconfirmationDue().data
    const asked = { reconfirmation: { link, dueAt, validTo }, isReconfirming: true, watchAt: validTo }
    given([...agreed, reconfirmationDue()]).then([row({ ...confirming, ...asked, seq: 5 })])
    const { reconfirmedAt } = consentReconfirmed().data
    const again = { confirmedAt: reconfirmedAt, watchAt: '2027-04-06T10:00:00.000Z' }
    given([...agreed, reconfirmationDue(), consentReconfirmed()]).then([row({ ...confirming, ...again, seq: 6 })])
  })

  it('shows a consent that the provider suspended', () => {
    given([...active, consentSuspended(), consentEnded({ reason: 'revoked' })]).then([
      row({ ...linked, stage: 'ended', endReason: 'revoked', isSuspended: true, watchAt: null, seq: 5 }),
    ])
  })

  it('shows the name that its owner gave', () => {
    given([...active, connectionRenamed({ friendlyName: 'Ours' })]).then([
      row({ ...linked, friendlyName: 'Ours', seq: 4 }),
    ])
  })

  it('keeps a removed one, apart from those that stand', () => {
    given([...active, connectionRemoved()]).then([row({ ...linked, stage: 'removed', watchAt: null, seq: 4 })])
  })

  it('is not moved back by a message that it has seen', () => {
    const again = { event: requisitionCreated(), meta: { seq: 2 } }
    given([...active, again]).then([row({ ...linked, seq: 3 })])
  })
})
