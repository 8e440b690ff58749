import type { ConnectionEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { accountId, at, connectionId, spaceId } from '../domain/builders.ts'
import { type FeedConnectionRow, feedConnections, readableUntil } from './feed-connections.ts'

const { given } = specifyProjection(feedConnections)

const requested: ConnectionEvent = {
  type: 'ConnectionRequested',
  data: {
    connectionId,
    spaceId,
    provider: 'sandbox',
    institution: { id: 'SANDBOXFINANCE_SFIN0000', name: 'Sandbox Finance', logo: '' },
    requestedBy: '018f0000-0000-7000-8000-00000000b001',
    requestedAt: at(),
  },
}
const linked = (requisitionId: string): ConnectionEvent => ({
  type: 'RequisitionLinked',
  data: {
    connectionId,
    requisitionId,
    accounts: [
      {
        accountId,
        providerAccountId: `p-of-${requisitionId}`,
        currency: 'GBP',
        timeZone: 'Europe/London',
        details: { key: 'raw/x', sha256: '1'.repeat(64), bytes: 1 },
      },
    ],
    historyDays: 730,
    grantedAt: at(),
    expiresAt: '2027-05-01T00:00:00.000Z',
  },
})
const ended = (requisitionId: string): ConnectionEvent => ({
  type: 'ConsentEnded',
  data: { connectionId, requisitionId, reason: 'expired', endedAt: at() },
})
const row = (overrides: Partial<FeedConnectionRow>): FeedConnectionRow => ({
  connectionId,
  spaceId,
  provider: 'sandbox',
  institutionId: 'SANDBOXFINANCE_SFIN0000',
  readable: false,
  requisitionId: null,
  historyDays: null,
  expiresAt: null,
  confirmBy: null,
  consentedAt: null,
  accounts: [],
  seq: 1,
  ...overrides,
})
const readable = (requisitionId: string): Partial<FeedConnectionRow> => ({
  readable: true,
  requisitionId,
  historyDays: 730,
  expiresAt: '2027-05-01T00:00:00.000Z',
  consentedAt: at(),
  accounts: [{ accountId, providerAccountId: `p-of-${requisitionId}`, currency: 'GBP', timeZone: 'Europe/London' }],
})

describe('the read model of what can be read', () => {
  it('holds nothing to read before a consent', () => {
    given([requested]).then([row({})])
  })

  it("reads under the newest consent, by that consent's handles", () => {
    given([requested, linked('r-1'), linked('r-2')]).then([row({ ...readable('r-2'), seq: 3 })])
  })

  it('reads nothing once the consent ended or the bank was removed', () => {
    given([requested, linked('r-1'), ended('r-1')]).then([row({ ...readable('r-1'), readable: false, seq: 3 })])
    const removed: ConnectionEvent = {
      type: 'ConnectionRemoved',
      data: { connectionId, erase: false, removedAt: at() },
    }
    given([requested, linked('r-1'), removed]).then([row({ ...readable('r-1'), readable: false, seq: 3 })])
  })

  it('goes on reading when another requisition came to nothing', () => {
    given([requested, linked('r-1'), ended('r-2')]).then([row({ ...readable('r-1'), seq: 2 })])
  })

  const due = (requisitionId: string): ConnectionEvent => ({
    type: 'ReconfirmationDue',
    data: {
      connectionId,
      requisitionId,
      link: 'https://consent.example/confirm',
      dueAt: '2026-08-01T00:00:00.000Z',
      validTo: '2026-08-15T00:00:00.000Z',
    },
  })
  const confirmed: ConnectionEvent = {
    type: 'ConsentReconfirmed',
    data: { connectionId, requisitionId: 'r-1', reconfirmedAt: at(60) },
  }

  it('reads until the consent is to be confirmed, and on once it was', () => {
    const waiting = row({ ...readable('r-1'), confirmBy: '2026-08-01T00:00:00.000Z', seq: 3 })
    given([requested, linked('r-1'), due('r-1')]).then([waiting])
    given([requested, linked('r-1'), due('r-1'), confirmed]).then([
      row({ ...readable('r-1'), consentedAt: at(60), seq: 4 }),
    ])
    expect(readableUntil(waiting)).toBe('2026-08-01T00:00:00.000Z')
    expect(readableUntil(row(readable('r-1')))).toBe('2027-05-01T00:00:00.000Z')
    expect(readableUntil({ ...waiting, readable: false })).toBe('')
  })

  it('minds no confirmation of another consent, and needs none of the last one after a new one', () => {
    given([requested, linked('r-1'), due('r-0')]).then([row({ ...readable('r-1'), seq: 2 })])
    given([requested, linked('r-1'), due('r-1'), linked('r-2')]).then([row({ ...readable('r-2'), seq: 4 })])
  })
})
