import { eventually } from '@pf/eventing/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { logSyncs } from './application/log-syncs.ts'
import { bankRow, ids } from './domain/builders.ts'
import { startStorage, storageParts } from './start-storage.ts'
import { askLake, ledgerOf, upstream } from './testing/upstream.ts'

const account = { spaceId: ids.space, accountId: ids.account }

describe('the logs of syncs', () => {
  let platform: Platform
  let service: Service
  let bank: ReturnType<typeof upstream>

  beforeEach(async () => {
    platform = await createMemoryPlatform()
    bank = upstream(platform)
    await bank.link()
    service = await startStorage(platform)
  })
  afterEach(async () => {
    await service.stop()
    await platform.close()
  })

  const logged = async () =>
    (await ledgerOf(platform)).flatMap((event) => (event.type === 'SyncLogged' ? [event.data] : []))

  const loggedAre = (count: number) => eventually(async () => expect(await logged()).toHaveLength(count))

  it('come into the lake when a sync has ended, however it did', async () => {
    await bank.sync(1, [await bank.transactions(1, [bankRow()])])
    await bank.sync(2, [], 'failed')
    await loggedAre(2)
    const sql = `select sync_id, "trigger", status, error_code, calls, added, window_from::varchar as window_from,
      epoch_ms(finished_at - requested_at) as took, account from {syncs} order by sync_id`
    const of = { trigger: 'user', calls: 1, window_from: '2026-10-01', took: '120000', account: ids.account }
    expect(await askLake(platform, sql)).toEqual([
      { ...of, sync_id: ids.sync(1), status: 'completed', error_code: null, added: 1 },
      { ...of, sync_id: ids.sync(2), status: 'failed', error_code: 'no_answer', added: 0 },
    ])
    expect((await logged())[0]).toMatchObject({
      syncId: ids.sync(1),
      endedAt: '2026-10-31T08:01:00.000Z',
      files: [{ dataset: 'syncs', rows: 1 }],
    })
  })

  it('are written once, though the end is told again', async () => {
    await bank.sync(1, [await bank.transactions(1, [bankRow()])])
    await loggedAre(1)
    const { ended } = storageParts(platform)
    await logSyncs(account, [ids.sync(1)], {}, ended)
    expect(await logged()).toHaveLength(1)
    expect(await askLake(platform, 'select count(*)::integer as n from {syncs}')).toEqual([{ n: 1 }])
  })
})
