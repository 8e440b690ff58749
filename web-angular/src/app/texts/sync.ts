import type { SyncStatus } from '../api/types.ts'
import { counted } from './counted.ts'

/** Of rows on their way in. */
export const syncTexts = {
  title: 'Your rows are arriving',
  putAway: 'Hide the progress',
  done: 'All accounts are read',
  account: (n: number) => `Account ${n}`,
  word: (status: SyncStatus, observed: number, added: number): string =>
    ({
      queued: 'waiting',
      fetching: 'asking the bank',
      storing: observed > 0 ? `${counted(observed, 'row')}, storing` : 'storing',
      materialising: observed > 0 ? `${counted(observed, 'row')}, counting` : 'counting',
      completed: added > 0 ? `${counted(added, 'row')} new` : 'nothing new',
      partial: `${counted(added, 'row')} new, some missing`,
      failed: 'failed',
    })[status],
  spoken: (done: number, all: number) => `${done} of ${all} accounts read`,
}
