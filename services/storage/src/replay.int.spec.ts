import { createHash } from 'node:crypto'
import { type ManifestFile, type Principal, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { storeSync } from './application/store-sync.ts'
import { bankRow, ids } from './domain/builders.ts'
import { replayAlone, startReplay } from './start-replay.ts'
import { startStorage, storageParts } from './start-storage.ts'
import { askLake, interimBooked, ledgerOf, ledgerSql, tendLake, upstream } from './testing/upstream.ts'

const principal: Principal = { userId: ids.run, spaceId: ids.space, sessionId: ids.sync(7), roles: ['user'] }
const { storage } = requests
const patienceMs = 60_000

describe('a replay from the raw zone', () => {
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

  const ask = <T>(work: (commandId: string) => Promise<T>) => work(platform.ids.uuid())
  const eventsUntil = (type: string, count: number) =>
    eventually(async () => {
      const found = (await ledgerOf(platform)).filter((event) => event.type === type)
      if (found.length < count) throw new Error(`${found.length} of ${count} ${type}`)
    })
  async function sync(n: number, rows: ReturnType<typeof bankRow>[], pending: typeof rows = []) {
    await bank.sync(n, [await bank.transactions(n, rows, pending), await bank.balances(n, interimBooked)])
    await eventsUntil('TransactionsStored', n)
    await eventsUntil('SyncLogged', n)
  }

  /** Everything that a ledger can hold: changes, a pending row, held rows, words and their taking back, files, a compaction. */
  async function history() {
    const card = { amount: '-4.20', text: 'Card payment Corner shop' }
    const [one, two] = [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002', amount: '-7.00', text: 'Two' })]
    const doubtful = bankRow({ amount: '1,234', text: 'Boiler' })
    await sync(1, [one, two, doubtful], [bankRow({ ...card, date: '2026-10-30' })])
    await sync(2, [one, { ...two, remittanceInformationUnstructured: 'Two, corrected' }, bankRow(card), doubtful])
    await tendLake(platform)
    const payments = await askLake(platform, ledgerSql)
    const idOf = (amount: string) => String(payments.find((row) => row['amount'] === amount)?.['transaction_id'])
    const [item] = (await platform.bus.call(storage.held, {}, { principal })).items
    const amount = { amount: '-1234.00', currency: 'GBP' }
    await ask((commandId) =>
      platform.bus.call(storage.decideHeld, { id: item!.id, verdict: 'accept', amount, commandId }, { principal }),
    )
    const same = [idOf('-12.5000'), idOf('-7.0000')]
    for (const decisionId of [ids.sync(41), ids.sync(42)]) {
      const said = { decisionId, transactionIds: same, verdict: 'same' as const }
      await ask((commandId) => platform.bus.call(storage.decideIdentity, { ...said, commandId }, { principal }))
      if (decisionId === ids.sync(41))
        await ask((commandId) =>
          platform.bus.call(storage.undecideIdentity, { id: decisionId, commandId }, { principal }),
        )
    }
    const imported = await importFile(ids.sync(51), ids.account, ['2026-10-04,Florist,-9.00', '2026-10-05,Two,-7.00'])
    await importFile(ids.sync(52), ids.account, ['2026-09-01,Dentist,-70.00'])
    await ask((commandId) => platform.bus.call(storage.takeBackImport, { id: imported, commandId }, { principal }))
    await tendLake(platform)
    await sync(3, [one, bankRow({ id: 'tx-0004', amount: '-1.00', text: 'Four' })])
  }

  async function importFile(importId: string, accountId: string, lines: string[]) {
    const { spaceId } = principal
    await platform.keys.createAccountKey(spaceId, spaceId)
    const plain = Buffer.from(['Date,Description,Amount', ...lines].join('\n'))
    const key = `upload/${spaceId}/${importId}`
    await platform.objects.put(key, await platform.keys.sealObject(spaceId, spaceId, plain))
    const raw = { key, sha256: sha256(plain), bytes: plain.length }
    const describe = { name: 'Savings', currency: 'GBP', kind: 'savings' }
    const asked = { importId, upload: { raw, fileName: 'statement.csv' }, part: 0, accountId, accountName: '' }
    const how = { currency: 'GBP', describe, dryRun: false, commandId: importId }
    await platform.bus.call(storage.importStatement, { ...asked, ...how }, { principal })
    return importId
  }

  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  async function objectsUnder(prefix: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for await (const { key } of platform.objects.list(prefix)) found[key] = sha256(await platform.objects.get(key))
    return found
  }
  const deleteAll = async (prefix: string) => {
    for (const key of Object.keys(await objectsUnder(prefix))) await platform.objects.delete(key)
  }
  async function manifest(): Promise<Record<string, string>> {
    const events = await ledgerOf(platform)
    const replaced = new Set(events.flatMap(({ type, data }) => (type === 'LakeCompacted' ? data.replaced : [])))
    const files = events.flatMap(({ data }): ManifestFile[] => data.files).filter(({ key }) => !replaced.has(key))
    return Object.fromEntries(files.map(({ key, sha256: hash }) => [key, hash]))
  }

  it('is refused while another one runs, and free again after it, however it ended', async () => {
    const running = Promise.withResolvers<string>()
    const first = replayAlone(platform, () => running.promise)
    await expect(replayAlone(platform, async () => 'second')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Another replay runs'),
    })
    running.resolve('first')
    expect(await first).toBe('first')
    const failing = () => Promise.reject(new Error('the disk is full'))
    await expect(replayAlone(platform, failing)).rejects.toThrow('the disk is full')
    expect(await replayAlone(platform, async () => 'third')).toBe('third')
  })

  it(
    'makes every file of a lost lake again, byte for byte',
    async () => {
      await history()
      const before = await objectsUnder('lake/')
      const payments = await askLake(platform, ledgerSql)
      const messages = (await ledgerOf(platform)).length
      await deleteAll('lake/')
      const replayed = await startReplay(platform)
      expect(replayed).toMatchObject({ accounts: 1, differ: 0, lost: [], problems: [] })
      expect(replayed.restored).toBe(replayed.files)
      expect(await objectsUnder('lake/')).toEqual(before)
      expect(await manifest()).toEqual(before)
      expect(await askLake(platform, ledgerSql)).toEqual(payments)
      expect(await ledgerOf(platform)).toHaveLength(messages)
      expect(await objectsUnder('replay/')).toEqual({})
    },
    patienceMs,
  )

  it(
    'of an account that a file alone describes makes its description again',
    async () => {
      const accountId = ids.sync(31)
      await platform.keys.createAccountKey(principal.spaceId, accountId)
      await importFile(ids.sync(51), accountId, ['2026-09-01,Dentist,-70.00'])
      const before = await objectsUnder('lake/')
      await deleteAll('lake/')
      expect(await startReplay(platform, { spaceId: principal.spaceId })).toMatchObject({ differ: 0, lost: [] })
      expect(await objectsUnder('lake/')).toEqual(before)
      expect(await askLake(platform, `select name, kind from {accounts} where account = '${accountId}'`)).toEqual([
        { name: 'Savings', kind: 'savings' },
      ])
    },
    patienceMs,
  )

  it(
    'leaves a lake as it is that is what the log says',
    async () => {
      await sync(1, [bankRow({ id: 'tx-0001' })])
      const before = await objectsUnder('lake/')
      expect(await startReplay(platform)).toMatchObject({ restored: 0, differ: 0, lost: [] })
      expect(await objectsUnder('lake/')).toEqual(before)
    },
    patienceMs,
  )

  it(
    'mends a file that was changed, while syncs go on',
    async () => {
      await sync(1, [bankRow({ id: 'tx-0001' })])
      const before = await objectsUnder('lake/')
      const [first] = Object.keys(before)
      await platform.objects.put(first!, new Uint8Array([1]))
      const [replayed] = await Promise.all([
        startReplay(platform),
        bank.sync(2, [await bank.transactions(2, [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })])]),
      ])
      await eventsUntil('TransactionsStored', 2)
      await eventsUntil('SyncLogged', 2)
      expect(replayed).toMatchObject({ restored: 1, lost: [] })
      const after = await objectsUnder('lake/')
      expect(after).toMatchObject(before)
      expect(after).toEqual(await manifest())
    },
    patienceMs,
  )

  it(
    'goes on where it was when it is killed',
    async () => {
      const other = ids.sync(31)
      await platform.keys.createAccountKey(principal.spaceId, other)
      await importFile(ids.sync(51), other, ['2026-09-01,Dentist,-70.00'])
      await sync(1, [bankRow({ id: 'tx-0001' })])
      const before = await objectsUnder('lake/')
      await deleteAll('lake/')
      const compared: string[] = []
      const dying = (account: { accountId: string }) => {
        compared.push(account.accountId)
        if (compared.length === 1) throw new Error('killed')
      }
      await expect(startReplay(platform, { onAccount: dying })).rejects.toThrow('killed')
      expect(await objectsUnder('lake/')).toEqual({})
      expect(await startReplay(platform, { onAccount: dying })).toMatchObject({ accounts: 2, lost: [] })
      expect(new Set(compared).size).toBe(2)
      expect(compared).toHaveLength(2)
      expect(await objectsUnder('lake/')).toEqual(before)
    },
    patienceMs,
  )

  it(
    'puts a file with the same rows in the place of one that was written in other bytes',
    async () => {
      const { fetched } = storageParts(platform)
      const elderly: typeof fetched.lake = {
        ...fetched.lake,
        write: (dataset, place, rows) => fetched.lake.write(dataset, place, [...rows].reverse()),
      }
      const { data } = await bank.transactions(1, [
        bankRow({ id: 'tx-0001' }),
        bankRow({ id: 'tx-0002', amount: '-7.00' }),
      ])
      const at = { spaceId: ids.space, accountId: ids.account }
      await storeSync({ ...at, transactions: data }, { commandId: 'store-1' }, { ...fetched, lake: elderly })
      await bank.append({ type: 'TransactionsFetched', data })
      await eventsUntil('AccountDescribed', 1)
      const payments = await askLake(platform, ledgerSql)
      await deleteAll('lake/')
      expect(await startReplay(platform)).toMatchObject({ differ: 2, restored: 3, lost: [] })
      expect(await askLake(platform, ledgerSql)).toEqual(payments)
      expect(await objectsUnder('lake/')).toEqual(await manifest())
    },
    patienceMs,
  )

  it(
    'says what cannot be made, and why',
    async () => {
      await sync(1, [bankRow({ id: 'tx-0001' })])
      const raw = Object.keys(await objectsUnder('raw/')).find((key) => key.includes('call-1'))
      await platform.objects.delete(raw!)
      await deleteAll('lake/')
      const { lost, problems } = await startReplay(platform)
      expect(problems).toMatchObject([expect.stringMatching(/TransactionsStored.*object_not_found/)])
      expect(lost.map((key) => key.split('/')[1]).sort()).toEqual(['balances', 'decisions', 'observations'])
    },
    patienceMs,
  )
})
