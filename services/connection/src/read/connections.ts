import type { ConnectionEvent, EndReason, LeftOut, LeftOutReason } from '@pf/contracts'
import { change, type Operation, projection } from '@pf/eventing'

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
  /** The consent that data is, or was, read under. */
  requisitionId: string | null
  grantedAt: string | null
  expiresAt: string | null
  accountIds: string[]
  /** Why accounts of the consent are not read, one for each. */
  leftOut: LeftOutReason[]
  seq: number
}

export const standing = ['pending', 'active', 'ended'] as const
const nothingAwaited = { isAwaiting: false, awaitingRequisitionId: null, awaitingSince: null } as const

/** Which banks are connected, and what of their consents? A removed one stays, to name its accounts' bank. */
export const connections = projection<ConnectionEvent, ConnectionRow>({
  name: 'connections',
  version: 2,
  context: 'connection',
  table: {
    name: 'connections',
    key: ['connectionId'],
    space: 'spaceId',
    indexes: [
      ['spaceId', 'requestedAt'],
      ['stage', 'expiresAt'],
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
      requisitionId: { type: 'text', nullable: true },
      grantedAt: { type: 'timestamptz', nullable: true },
      expiresAt: { type: 'timestamptz', nullable: true },
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
      })),
    RequisitionLinked: ({ connectionId, requisitionId, grantedAt, expiresAt, accounts, leftOut }, { seq }) =>
      onwards(connectionId, seq, () => ({
        ...nothingAwaited,
        stage: 'active',
        endReason: null,
        requisitionId,
        grantedAt,
        expiresAt,
        accountIds: accounts.map(({ accountId }) => accountId),
        leftOut: reasonsOf(leftOut),
      })),
    ConsentEnded: ({ connectionId, requisitionId, reason, leftOut }, { seq }) =>
      onwards(connectionId, seq, (row) =>
        row.awaitingRequisitionId === requisitionId
          ? // Of the consent that stands, a renewal that came to nothing says nothing.
            { ...nothingAwaited, ...(row.stage === 'pending' ? { leftOut: reasonsOf(leftOut) } : {}) }
          : row.requisitionId === requisitionId
            ? { stage: 'ended', endReason: reason }
            : {},
      ),
    ConnectionRenamed: ({ connectionId, friendlyName }, { seq }) =>
      onwards(connectionId, seq, () => ({ friendlyName })),
    ConnectionRemoved: ({ connectionId }, { seq }) =>
      onwards(connectionId, seq, () => ({ ...nothingAwaited, stage: 'removed' })),
  },
})

const reasonsOf = (leftOut: LeftOut[] = []): LeftOutReason[] => leftOut.map(({ reason }) => reason)

function requested(
  data: Extract<ConnectionEvent, { type: 'ConnectionRequested' }>['data'],
  seq: number,
): ConnectionRow {
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
    row === undefined || seq < row.seq ? row : { ...row, ...next(row), seq },
  )
}
