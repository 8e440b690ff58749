import type { Upload } from '@pf/contracts'
import type { ReadModel } from '@pf/eventing'
import type { FetchedAnswers } from '../domain/fetched-answers.ts'
import type { LedgerRow } from '../read/ledgers.ts'
import type { AccountRows } from './account-rows.ts'
import type { History } from './reread-rules.ts'
import type { StoreSyncParts } from './store-sync.ts'
import type { Account } from './take-word.ts'

/** What the application works with. */
export type Parts = StoreSyncParts & {
  /** The account's feed as extraction's log has it now. */
  answersOf(account: Account): Promise<FetchedAnswers>
  /** Files on their way in, sealed by the gateway under a key of their space. */
  uploads: { read(spaceId: string, upload: Upload): Promise<Uint8Array> }
  /** All that the logs say of an account. */
  historyOf(account: Account): Promise<History>
  /** For rows that are folded beside those of the ledger. */
  emptyRows(): AccountRows
  /** Which accounts a space has. */
  views: { ledgers: ReadModel<LedgerRow> }
}
