import type { ConnectionEvent, LinkedAccount } from '@pf/contracts'
import { change, projection } from '@pf/eventing'

export type ReadableAccount = Pick<LinkedAccount, 'accountId' | 'providerAccountId' | 'currency' | 'timeZone'>
/** `seq`: the message the row has seen; an older one that comes again changes nothing. */
export type FeedConnectionRow = {
  connectionId: string
  spaceId: string
  provider: string
  institutionId: string
  /** A consent stands, until `expiresAt`. */
  readable: boolean
  requisitionId: string | null
  historyDays: number | null
  expiresAt: string | null
  accounts: ReadableAccount[]
  seq: number
}

/** Which accounts can be read now, by which connection, how far back and until when? */
export const feedConnections = projection<ConnectionEvent, FeedConnectionRow>({
  name: 'feed_connections',
  version: 1,
  context: 'connection',
  table: {
    name: 'feed_connections',
    key: ['connectionId'],
    space: 'spaceId',
    indexes: [['spaceId'], ['readable']],
    columns: {
      connectionId: 'text',
      spaceId: 'text',
      provider: 'text',
      institutionId: 'text',
      readable: 'boolean',
      requisitionId: { type: 'text', nullable: true },
      historyDays: { type: 'integer', nullable: true },
      expiresAt: { type: 'timestamptz', nullable: true },
      accounts: 'jsonb',
      seq: 'bigint',
    },
  },
  on: {
    ConnectionRequested: ({ connectionId, spaceId, provider, institution }, { seq }) =>
      change<FeedConnectionRow>(
        { connectionId },
        (row) =>
          row ?? {
            connectionId,
            spaceId,
            provider,
            institutionId: institution.id,
            readable: false,
            requisitionId: null,
            historyDays: null,
            expiresAt: null,
            accounts: [],
            seq,
          },
      ),
    RequisitionLinked: ({ connectionId, requisitionId, historyDays, expiresAt, accounts: linked }, { seq }) =>
      change<FeedConnectionRow>({ connectionId }, (row) => {
        if (row === undefined || seq < row.seq) return row
        const accounts = linked.map(({ accountId, providerAccountId, currency, timeZone }) => ({
          accountId,
          providerAccountId,
          currency,
          timeZone,
        }))
        return { ...row, readable: true, requisitionId, historyDays, expiresAt, accounts, seq }
      }),
    ConsentEnded: ({ connectionId, requisitionId }, { seq }) =>
      change<FeedConnectionRow>({ connectionId }, (row) =>
        row === undefined || seq < row.seq || row.requisitionId !== requisitionId
          ? row
          : { ...row, readable: false, seq },
      ),
    ConnectionRemoved: ({ connectionId }, { seq }) =>
      change<FeedConnectionRow>({ connectionId }, (row) => row && { ...row, readable: false, seq }),
  },
})
