import type { FeedEvent, LedgerEvent, Upload } from '@pf/contracts'
import type { Clock, CommandHandler, ReadModel, Recorded } from '@pf/eventing'
import type { FetchedAnswers } from '../domain/fetched-answers.ts'
import type { Ledger, LedgerCommand } from '../domain/ledger.ts'
import type { LedgerRow } from '../read/ledgers.ts'
import type { AccountRows } from './account-rows.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { Lake, RawObjects, Statements } from './ports.ts'
import { type Account } from './present.ts'

/** What storing an answer works with. */
export type StoreSyncParts = {
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  rows: LedgerRows
  lake: Lake
  raw: RawObjects
  clock: Clock
  idOf(...parts: readonly (string | number)[]): string
  /** The holder's name of an account, where the bank told it. */
  holderOf(account: { spaceId: string; accountId: string; connectionId: string }): Promise<string | undefined>
}

type TransactionsFetchedData = Extract<FeedEvent, { type: 'TransactionsFetched' }>['data']

/** All that an account's logs say, oldest first: for reading everything again. */
export type History = { events: readonly LedgerEvent[]; answers: ReadonlyMap<string, TransactionsFetchedData> }

/** What the application works with. */
export type Parts = StoreSyncParts & {
  /** The account's feed as extraction's log has it now. */
  answersOf(account: Account): Promise<FetchedAnswers>
  /** Files on their way in, sealed by the gateway under a key of their space. */
  uploads: { read(spaceId: string, upload: Upload): Promise<Uint8Array> }
  /** Files of banks and people, read. */
  statements: Statements
  /** All that the logs say of an account. */
  historyOf(account: Account): Promise<History>
  /** The messages of an account's ledger, oldest first. */
  ledgerMessagesOf(account: Account): Promise<Recorded<LedgerEvent>[]>
  /** For rows that are folded beside those of the ledger. */
  emptyRows(): AccountRows
  /** Which accounts a space has. */
  views: { ledgers: ReadModel<LedgerRow> }
}
