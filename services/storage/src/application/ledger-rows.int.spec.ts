import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LedgerFile } from '@pf/contracts'
import { type ObjectStore, openObjectStore } from '@pf/object-store'
import { derivedId } from '../adapters/derived-id.ts'
import { objectLake } from '../adapters/object-lake.ts'
import { packedRows } from '../adapters/packed-rows.ts'
import { type BankRow, bankRow, ids, normalised, syncContext } from '../domain/builders.ts'
import { decisions, observations } from '../domain/lake.ts'
import { initial, type Ledger } from '../domain/ledger.ts'
import { planSync, type SyncPlan } from '../domain/sync-plan.ts'
import { LedgerRows } from './ledger-rows.ts'
import type { Lake } from './ports.ts'

const written = ({ decisions: steps, observations, held }: SyncPlan) => ({ steps, observations, held })

describe('the rows of ledgers', () => {
  let folder: string
  let lake: Lake
  let reads: string[]
  let broken: boolean

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pf-ledger-rows-'))
    const objects = openObjectStore(pathToFileURL(folder).href)
    reads = []
    broken = false
    const watched: ObjectStore = {
      put: (key, body, options) => objects.put(key, body, options),
      list: (prefix) => objects.list(prefix),
      delete: (key) => objects.delete(key),
      deleteAll: (folder) => objects.deleteAll(folder),
      download: (key, path) => objects.download(key, path),
      async get(key) {
        reads.push(key)
        if (broken) throw new Error('The disk is gone.')
        return objects.get(key)
      },
    }
    lake = objectLake(watched)
  })
  afterEach(() => rm(folder, { recursive: true }))

  const at = (accountId: string) => ({ spaceId: ids.space, accountId })

  /** The ledger after a sync of these rows was decided and written. */
  async function sync(ledger: Ledger, rows: LedgerRows, accountId: string, booked: BankRow[]) {
    const n = ledger.files.length + 1
    const context = { accountId, syncId: ids.sync(n), decisionSeq: ledger.decisionSeq }
    const raw = { key: `raw/${n}.zst`, sha256: String(n).padStart(64, '0') }
    const known = (await rows.of(at(accountId), ledger)).rows.since('2026-01-01')
    const plan = planSync(known, normalised(booked), syncContext({ ...context, raw }))
    const place = { ...at(accountId), day: '2026-10-31', name: context.syncId }
    const files: LedgerFile[] = [
      await lake.write(observations, place, plan.observations),
      await lake.write(decisions, place, plan.decisions),
    ]
    const after: Ledger = { ...ledger, decisionSeq: plan.decisionSeq, files: [...ledger.files, ...files] }
    return { plan, after }
  }

  const open = (maxBytes?: number) =>
    new LedgerRows({ lake, packing: packedRows, idOf: derivedId, ...(maxBytes === undefined ? {} : { maxBytes }) })

  it('are read from the lake once, and then only what is newer', async () => {
    const writer = open()
    const one = await sync(initial, writer, ids.account, [bankRow({ id: 'tx-0001' })])
    const two = await sync(one.after, writer, ids.account, [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })])
    const reader = open()
    reads = []
    expect((await reader.of(at(ids.account), one.after)).rows.since('2026-01-01')).toHaveLength(1)
    expect((await reader.of(at(ids.account), two.after)).rows.since('2026-01-01')).toHaveLength(2)
    await reader.of(at(ids.account), two.after)
    expect(reads.sort()).toEqual(two.after.files.map(({ key }) => key).sort())
  })

  it('move on by what was just appended without reading it', async () => {
    const rows = open()
    const { plan, after } = await sync(initial, rows, ids.account, [bankRow()])
    rows.advance(at(ids.account), after, written(plan))
    reads = []
    expect((await rows.of(at(ids.account), after)).rows.since('2026-01-01')).toHaveLength(1)
    expect(reads).toEqual([])
  })

  it('are read anew where the ledger is not the one they came from', async () => {
    const rows = open()
    const ours = await sync(initial, rows, ids.account, [bankRow({ text: 'Ours' })])
    const theirs = await sync(initial, open(), ids.account, [bankRow({ text: 'Theirs' })])
    rows.advance(at(ids.account), ours.after, written(ours.plan))
    const known = (await rows.of(at(ids.account), theirs.after)).rows.since('2026-01-01')
    expect(known.map((row) => row.description)).toEqual(['Theirs'])
  })

  it('of the accounts used least recently give way', async () => {
    const rows = open(1)
    const synced: { accountId: string; after: Ledger; plan: SyncPlan }[] = []
    for (const accountId of [ids.account, ids.connection]) {
      const { after, plan } = await sync(initial, rows, accountId, [bankRow()])
      rows.advance(at(accountId), after, written(plan))
      synced.push({ accountId, after, plan })
    }
    reads = []
    await rows.of(at(ids.connection), synced[1]!.after)
    expect(reads).toEqual([])
    await rows.of(at(ids.account), synced[0]!.after)
    expect(reads).toHaveLength(2)
  })

  it('are whole or not there after a read that failed', async () => {
    const writer = open()
    const one = await sync(initial, writer, ids.account, [bankRow({ id: 'tx-0001' })])
    const two = await sync(one.after, writer, ids.account, [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })])
    const rows = open()
    await rows.of(at(ids.account), one.after)
    broken = true
    await expect(rows.of(at(ids.account), two.after)).rejects.toThrow('The disk is gone.')
    broken = false
    expect((await rows.of(at(ids.account), two.after)).rows.since('2026-01-01')).toHaveLength(2)
  })
})
