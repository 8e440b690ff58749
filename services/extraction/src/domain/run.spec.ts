import type { RunEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import { at, feedAccount, runId, syncOf } from './builders.ts'
import * as run from './run.ts'

const { given } = specify(run)
const second = feedAccount({ accountId: '018f0000-0000-7000-8000-00000000d002' })
const command: run.RequestRun = {
  type: 'RequestRun',
  runId,
  trigger: 'linked',
  syncs: [
    { syncId: syncOf(1), account: feedAccount(), attempt: 0 },
    { syncId: syncOf(2), account: second, attempt: 0 },
  ],
  requestedAt: at(),
}
const requested = (syncId: string, account = feedAccount()): RunEvent => ({
  type: 'SyncRequested',
  data: { runId, syncId, account, trigger: 'linked', attempt: 0, requestedAt: at() },
})

describe('a run', () => {
  it('asks for one sync per account, all at once', () => {
    given([])
      .when(command)
      .then([requested(syncOf(1)), requested(syncOf(2), second)])
  })

  it('stays quiet when it is asked for again, whatever it would hold now', () => {
    given([requested(syncOf(1))])
      .when(command)
      .thenNothing()
  })
})
