import { type ConnectionEvent, instant, type LinkedAccount } from '@pf/contracts'
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
  /** The user has to confirm the consent: from then until they do nothing can be read, and asking all the same is counted. */
  confirmBy: string | null
  /** The user's last word, given or confirmed (the bank's time). */
  consentedAt: string | null
  accounts: ReadableAccount[]
  seq: number
}

/** Which accounts can be read now, by which connection, how far back and until when? */
export const feedConnections = projection<ConnectionEvent, FeedConnectionRow>({
  name: 'feed_connections',
  version: 3,
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
      confirmBy: { type: 'timestamptz', nullable: true },
      consentedAt: { type: 'timestamptz', nullable: true },
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
            confirmBy: null,
            consentedAt: null,
            accounts: [],
            seq,
          },
      ),
    RequisitionLinked: (
      { connectionId, requisitionId, historyDays, grantedAt, expiresAt, accounts: linked },
      { seq },
    ) =>
      change<FeedConnectionRow>({ connectionId }, (row) => {
        if (row === undefined || seq < row.seq) return row
        const accounts = linked.map(({ accountId, providerAccountId, currency, timeZone }) => ({
          accountId,
          providerAccountId,
          currency,
          timeZone,
        }))
        const span = { expiresAt, confirmBy: null, consentedAt: grantedAt }
        return { ...row, readable: true, requisitionId, historyDays, ...span, accounts, seq }
      }),
    ReconfirmationDue: ({ connectionId, requisitionId, dueAt }, { seq }) =>
      ofConsent(connectionId, requisitionId, { confirmBy: dueAt, seq }),
    ConsentReconfirmed: ({ connectionId, requisitionId, reconfirmedAt }, { seq }) =>
      ofConsent(connectionId, requisitionId, { confirmBy: null, consentedAt: reconfirmedAt, seq }),
    ConsentEnded: ({ connectionId, requisitionId }, { seq }) =>
      ofConsent(connectionId, requisitionId, { readable: false, seq }),
    ConnectionRemoved: ({ connectionId }, { seq }) =>
      change<FeedConnectionRow>({ connectionId }, (row) => row && { ...row, readable: false, seq }),
  },
})

/** A change of the consent that stands; what comes again, or is about another one, changes nothing. */
function ofConsent(
  connectionId: string,
  requisitionId: string,
  over: Partial<FeedConnectionRow> & Pick<FeedConnectionRow, 'seq'>,
) {
  return change<FeedConnectionRow>({ connectionId }, (row) =>
    row === undefined || over.seq < row.seq || row.requisitionId !== requisitionId ? row : { ...row, ...over },
  )
}

/** Until when its accounts can be read as things stand: '' where they cannot at all. */
export function readableUntil({ readable, expiresAt, confirmBy }: FeedConnectionRow): string {
  if (!readable || expiresAt === null) return ''
  const end = instant(expiresAt)
  const due = confirmBy === null ? end : instant(confirmBy)
  return due < end ? due : end
}
