import type { ConnectionEvent, EndReason, LeftOut, LeftOutReason } from '@pf/contracts'
import { change, type Operation, projection } from '@pf/eventing'
import type { Reconfirmation } from '../domain/connection.ts'
import { watchAt } from '../domain/consent-times.ts'

/** `seq`: the message the row has seen; an older one that comes again changes nothing. */
export type ConnectionRow = {
  connectionId: string
  spaceId: string
  provider: string
  institutionId: string
  institutionName: string
  institutionLogo: string
  friendlyName: string | null
  requestedBy: string
  requestedAt: string
  stage: 'pending' | 'active' | 'ended' | 'removed'
  endReason: EndReason | null
  /** A person may still confirm `awaitingRequisitionId`, created at `awaitingSince`. */
  isAwaiting: boolean
  awaitingRequisitionId: string | null
  awaitingSince: string | null
  awaitingReconfirms: boolean
  /** The consent that data is, or was, read under. */
  requisitionId: string | null
  grantedAt: string | null
  expiresAt: string | null
  historyDays: number | null
  expiryAnnounced: boolean
  /** The consent has to be confirmed every 90 days; `confirmedAt`: when it was last. */
  reconfirms: boolean
  confirmedAt: string | null
  reconfirmation: Reconfirmation | null
  isReconfirming: boolean
  /** It ended because the provider suspended it. */
  isSuspended: boolean
  /** When something is next to be done about the consent that stands, by the provider's clock. */
  watchAt: string | null
  accountIds: string[]
  /** Why accounts of the consent are not read, one for each. */
  leftOut: LeftOutReason[]
  seq: number
}

export const standing = ['pending', 'active', 'ended'] as const
const nothingAwaited = {
  isAwaiting: false,
  awaitingRequisitionId: null,
  awaitingSince: null,
  awaitingReconfirms: false,
} as const
const nothingToConfirm = { reconfirmation: null, isReconfirming: false } as const

/** Which banks are connected, and what of their consents? A removed one stays, to name its accounts' bank. */
export const connections = projection<ConnectionEvent, ConnectionRow>({
  name: 'connections',
  version: 3,
  context: 'connection',
  table: {
    name: 'connections',
    key: ['connectionId'],
    space: 'spaceId',
    indexes: [
      ['spaceId', 'requestedAt'],
      ['provider', 'stage', 'watchAt'],
      ['isReconfirming'],
      ['isAwaiting', 'awaitingSince'],
    ],
    columns: {
      connectionId: 'text',
      spaceId: 'text',
      provider: 'text',
      institutionId: 'text',
      institutionName: 'text',
      institutionLogo: 'text',
      friendlyName: { type: 'text', nullable: true },
      requestedBy: 'text',
      requestedAt: 'timestamptz',
      stage: 'text',
      endReason: { type: 'text', nullable: true },
      isAwaiting: 'boolean',
      awaitingRequisitionId: { type: 'text', nullable: true },
      awaitingSince: { type: 'timestamptz', nullable: true },
      awaitingReconfirms: 'boolean',
      requisitionId: { type: 'text', nullable: true },
      grantedAt: { type: 'timestamptz', nullable: true },
      expiresAt: { type: 'timestamptz', nullable: true },
      historyDays: { type: 'integer', nullable: true },
      expiryAnnounced: 'boolean',
      reconfirms: 'boolean',
      confirmedAt: { type: 'timestamptz', nullable: true },
      reconfirmation: { type: 'jsonb', nullable: true },
      isReconfirming: 'boolean',
      isSuspended: 'boolean',
      watchAt: { type: 'timestamptz', nullable: true },
      accountIds: 'jsonb',
      leftOut: 'jsonb',
      seq: 'bigint',
    },
  },
  on: {
    ConnectionRequested: (data, { seq }) =>
      change<ConnectionRow>({ connectionId: data.connectionId }, (row) => row ?? requested(data, seq)),
    RequisitionCreated: ({ connectionId, requisitionId, createdAt }, { seq }) =>
      onwards(connectionId, seq, () => ({
        isAwaiting: true,
        awaitingRequisitionId: requisitionId,
        awaitingSince: createdAt,
        awaitingReconfirms: false,
      })),
    ReconfirmationAgreed: ({ connectionId, requisitionId }, { seq }) =>
      onwards(connectionId, seq, (row) =>
        row.awaitingRequisitionId === requisitionId ? { awaitingReconfirms: true } : {},
      ),
    RequisitionLinked: (data, { seq }) =>
      onwards(data.connectionId, seq, (row) => {
        // Seen already in a message that comes again, when nothing is awaited any more.
        const reconfirms = row.requisitionId === data.requisitionId ? row.reconfirms : row.awaitingReconfirms
        return { ...linked(data), reconfirms }
      }),
    ConsentExpiring: ({ connectionId, requisitionId }, { seq }) =>
      during(connectionId, requisitionId, seq, { expiryAnnounced: true }),
    ReconfirmationDue: ({ connectionId, requisitionId, link, dueAt, validTo }, { seq }) =>
      during(connectionId, requisitionId, seq, { reconfirmation: { link, dueAt, validTo }, isReconfirming: true }),
    ConsentReconfirmed: ({ connectionId, requisitionId, reconfirmedAt }, { seq }) =>
      during(connectionId, requisitionId, seq, { ...nothingToConfirm, confirmedAt: reconfirmedAt }),
    ConsentSuspended: ({ connectionId, requisitionId }, { seq }) =>
      during(connectionId, requisitionId, seq, { isSuspended: true }),
    ConsentEnded: ({ connectionId, requisitionId, reason, leftOut }, { seq }) =>
      onwards(connectionId, seq, (row) =>
        row.awaitingRequisitionId === requisitionId
          ? // Of the consent that stands, a renewal that came to nothing says nothing.
            { ...nothingAwaited, ...(row.stage === 'pending' ? { leftOut: reasonsOf(leftOut) } : {}) }
          : row.requisitionId === requisitionId
            ? { ...nothingToConfirm, stage: 'ended', endReason: reason }
            : {},
      ),
    ConnectionRenamed: ({ connectionId, friendlyName }, { seq }) =>
      onwards(connectionId, seq, () => ({ friendlyName })),
    ConnectionRemoved: ({ connectionId }, { seq }) =>
      onwards(connectionId, seq, () => ({ ...nothingAwaited, ...nothingToConfirm, stage: 'removed' })),
  },
})

type Data<T extends ConnectionEvent['type']> = Extract<ConnectionEvent, { type: T }>['data']

function linked({ requisitionId, grantedAt, expiresAt, historyDays, accounts, leftOut }: Data<'RequisitionLinked'>) {
  return {
    ...nothingAwaited,
    ...nothingToConfirm,
    stage: 'active' as const,
    endReason: null,
    isSuspended: false,
    requisitionId,
    grantedAt,
    expiresAt,
    historyDays,
    expiryAnnounced: false,
    confirmedAt: grantedAt,
    accountIds: accounts.map(({ accountId }) => accountId),
    leftOut: reasonsOf(leftOut),
  }
}

const reasonsOf = (leftOut: LeftOut[] = []): LeftOutReason[] => leftOut.map(({ reason }) => reason)

function requested(data: Data<'ConnectionRequested'>, seq: number): ConnectionRow {
  const { connectionId, spaceId, provider, institution, friendlyName, requestedBy, requestedAt } = data
  return {
    connectionId,
    spaceId,
    provider,
    institutionId: institution.id,
    institutionName: institution.name,
    institutionLogo: institution.logo,
    friendlyName: friendlyName ?? null,
    requestedBy,
    requestedAt,
    stage: 'pending',
    endReason: null,
    ...nothingAwaited,
    requisitionId: null,
    grantedAt: null,
    expiresAt: null,
    historyDays: null,
    expiryAnnounced: false,
    reconfirms: false,
    confirmedAt: null,
    ...nothingToConfirm,
    isSuspended: false,
    watchAt: null,
    accountIds: [],
    leftOut: [],
    seq,
  }
}

/** A change of a row by a message that it has not seen. */
function onwards(
  connectionId: string,
  seq: number,
  next: (row: ConnectionRow) => Partial<ConnectionRow>,
): Operation<ConnectionRow> {
  return change<ConnectionRow>({ connectionId }, (row) =>
    row === undefined || seq < row.seq ? row : watched({ ...row, ...next(row), seq }),
  )
}

/** As `onwards`, of the consent that stands alone. */
const during = (connectionId: string, requisitionId: string, seq: number, next: Partial<ConnectionRow>) =>
  onwards(connectionId, seq, (row) => (row.stage === 'active' && row.requisitionId === requisitionId ? next : {}))

function watched(row: ConnectionRow): ConnectionRow {
  const { stage, expiresAt, confirmedAt, expiryAnnounced, reconfirms, reconfirmation } = row
  if (stage !== 'active' || expiresAt === null || confirmedAt === null) return { ...row, watchAt: null }
  return { ...row, watchAt: watchAt({ expiresAt, confirmedAt, expiryAnnounced, reconfirms, reconfirmation }) }
}
