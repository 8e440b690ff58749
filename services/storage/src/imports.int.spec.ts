import { createHash } from 'node:crypto'
import { type Principal, type Rest, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { type BankRow, bankRow, ids } from './domain/builders.ts'
import { startStorage } from './start-storage.ts'
import { askLake, ledgerOf, ledgerSql, tendLake, upstream } from './testing/upstream.ts'

const principal: Principal = { userId: ids.run, spaceId: ids.space, sessionId: ids.sync(7), roles: ['user'] }
const stranger: Principal = { ...principal, spaceId: ids.sync(8) }
const { storage } = requests

type Line = { date: string; amount: string; text: string }
const csvOf = (lines: readonly Line[]): string =>
  ['Date,Description,Amount,Currency', ...lines.map(({ date, text, amount }) => `${date},${text},${amount},GBP`)].join(
    '\n',
  )
const day = (n: number) => `2026-10-${String(n).padStart(2, '0')}`
const payments: Line[] = Array.from({ length: 12 }, (_, i) => ({
  date: day(6 + i),
  amount: `-${i + 1}.50`,
  text: `Shop number ${i}`,
}))
const asBank = ({ date, amount, text }: Line, i: number): BankRow =>
  bankRow({ date, amount, text: `CARD ${text}`, id: `bank-id-${i}` })

describe('a statement file', () => {
  let platform: Platform
  let service: Service
  let bank: ReturnType<typeof upstream>
  let files = 0

  beforeEach(async () => {
    platform = await createMemoryPlatform()
    bank = upstream(platform)
    await bank.link()
    service = await startStorage(platform)
    files = 0
  })
  afterEach(async () => {
    await service.stop()
    await platform.close()
  })

  async function upload(text: string, fileName = 'statement.csv') {
    const { spaceId } = principal
    await platform.keys.createAccountKey(spaceId, spaceId)
    files += 1
    const key = `upload/${spaceId}/${files}`
    const plain = Buffer.from(text)
    await platform.objects.put(key, await platform.keys.sealObject(spaceId, spaceId, plain))
    return { raw: { key, sha256: createHash('sha256').update(plain).digest('hex'), bytes: plain.length }, fileName }
  }

  async function send(text: string, { dryRun = false, accountId = ids.account as string | undefined } = {}) {
    const importId = platform.ids.uuid()
    const named = accountId === undefined ? {} : { accountId }
    const asked = {
      importId,
      upload: await upload(text),
      part: 0,
      accountName: 'Everyday',
      dryRun,
      commandId: importId,
    }
    return platform.bus.call(storage.importStatement, { ...asked, ...named }, { principal })
  }
  const takeBack = (id: string, who = principal) =>
    platform.bus.call(storage.takeBackImport, { id, commandId: platform.ids.uuid() }, { principal: who })
  const imports = async (): Promise<Rest.Import[]> =>
    (await platform.bus.call(storage.imports, {}, { principal })).items
  const held = async () => (await platform.bus.call(storage.held, {}, { principal })).items

  async function bankSays(lines: readonly Line[], n = 1) {
    await bank.append(await bank.transactions(n, lines.map(asBank)))
    return eventually(async () => {
      for (const event of await ledgerOf(platform)) {
        if (event.type === 'TransactionsStored' && event.data.syncId === ids.sync(n)) return event.data
      }
      throw new Error('It has not been stored yet.')
    })
  }
  const ledger = () => askLake(platform, ledgerSql)
  const amounts = async () => (await ledger()).map((row) => `${row['date']} ${row['amount']}`)

  it('says of itself what it holds, before anything is done', async () => {
    const view = await platform.bus.call(
      storage.readStatement,
      { upload: await upload(csvOf(payments)) },
      { principal },
    )
    expect(view).toMatchObject({
      readable: true,
      format: 'csv',
      observed: 12,
      window: { from: day(6), to: day(17) },
      accounts: [{ currency: 'GBP', rows: 12 }],
    })
  })

  it('that nobody can read is refused in words', async () => {
    const asked = { upload: await upload('%PDF-1.7 …', 'statement.pdf') }
    await expect(platform.bus.call(storage.readStatement, asked, { principal })).rejects.toMatchObject({
      code: 'statement_unreadable',
    })
  })

  it('tried first, changes nothing', async () => {
    await bankSays(payments)
    const before = await ledgerOf(platform)
    expect(await send(csvOf(payments), { dryRun: true })).toMatchObject({
      status: 'dry_run',
      observed: 12,
      matched: 12,
      added: 0,
      held: 0,
      doubled: 0,
      imported_at: null,
    })
    expect(await ledgerOf(platform)).toEqual(before)
    expect(await imports()).toEqual([])
  })

  it('of days that the bank told matches it row by row; what only the file has is added before and held within', async () => {
    await bankSays(payments)
    const earlier = { date: '2026-08-02', amount: '-70.00', text: 'Dentist' }
    const disputed = { date: day(12), amount: '-99.00', text: 'Nobody else knows' }
    const report = await send(csvOf([earlier, ...payments, disputed]))
    expect(report).toMatchObject({ status: 'imported', observed: 14, matched: 12, added: 1, held: 1 })
    expect(report.preview.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['held', 'sources_differ'],
      ['added', null],
    ])
    expect(await ledger()).toHaveLength(13)
    const [item] = await held()
    expect(item).toMatchObject({
      source: 'file-csv',
      reason: 'sources_differ',
      payload: expect.stringContaining('-99.00'),
    })
    const decided = { id: item!.id, verdict: 'accept' as const, commandId: 'accept' }
    await platform.bus.call(storage.decideHeld, decided, { principal })
    expect(await ledger()).toHaveLength(14)
    await takeBack(report.id)
    expect(await ledger()).toHaveLength(12)
    expect(await held()).toEqual([])
  })

  it('first and the bank second gives the same as the other way round', async () => {
    await send(csvOf(payments))
    expect(await bankSays(payments)).toMatchObject({ counts: { added: 0, held: 0 } })
    expect(await amounts()).toHaveLength(12)
    const [{ id }] = (await imports()) as [Rest.Import]
    await takeBack(id)
    expect((await ledger()).map((row) => row['description'])).toEqual(payments.map(({ text }) => `CARD ${text}`))
  })

  it('taken back restores what was there, once, and can be imported again', async () => {
    await bankSays(payments.slice(0, 3))
    const before = await ledger()
    const report = await send(csvOf([{ date: '2026-08-02', amount: '-70.00', text: 'Dentist' }]))
    expect(await ledger()).toHaveLength(4)
    await takeBack(report.id)
    await takeBack(report.id)
    expect(await ledger()).toEqual(before)
    expect(await imports()).toMatchObject([{ id: report.id, status: 'taken_back', added: 1 }])
    expect(await send(csvOf([{ date: '2026-08-02', amount: '-70.00', text: 'Dentist' }]))).toMatchObject({ added: 1 })
    expect(await ledger()).toHaveLength(4)
    await expect(takeBack(report.id, stranger)).rejects.toMatchObject({ code: 'import_not_found' })
  })

  it('the same bytes twice is refused', async () => {
    await send(csvOf(payments))
    await expect(send(csvOf(payments))).rejects.toMatchObject({ code: 'imported_already' })
    await expect(send(csvOf(payments), { dryRun: true })).rejects.toMatchObject({ code: 'imported_already' })
  })

  it('that overlaps another one doubles nothing, and what both tell stays when one is taken back', async () => {
    const first = await send(csvOf(payments.slice(0, 8)))
    const second = await send(csvOf(payments.slice(4)))
    expect(second).toMatchObject({ matched: 4, added: 4, held: 0 })
    expect(await ledger()).toHaveLength(12)
    await takeBack(first.id)
    expect(await amounts()).toEqual(payments.slice(4).map(({ date, amount }) => `${date} ${amount}00`))
    await takeBack(second.id)
    expect(await ledger()).toEqual([])
  })

  it('is taken back alone, though its rows lie in one file with others by then', async () => {
    await bankSays(payments.slice(0, 3))
    const before = await ledger()
    const first = await send(
      csvOf([{ date: '2026-08-02', amount: '-70.00', text: 'Dentist' }, ...payments.slice(0, 3)]),
    )
    await send(csvOf([{ date: '2026-08-09', amount: '-9.00', text: 'Florist' }]))
    await tendLake(platform)
    expect(await ledger()).toHaveLength(5)
    await takeBack(first.id)
    expect(await amounts()).toEqual(['2026-08-09 -9.0000', ...before.map((row) => `${row['date']} ${row['amount']}`)])
  })

  it('of equal payments on one day keeps as many as it has', async () => {
    const coffee = { date: day(9), amount: '-3.20', text: 'Coffee' }
    await send(csvOf([coffee, coffee]))
    expect(await ledger()).toHaveLength(2)
    expect(await bankSays([coffee, coffee])).toMatchObject({ counts: { added: 0, held: 0 } })
    expect(await ledger()).toHaveLength(2)
  })

  it('is read again by newer rules as it was read first, and asked for twice is imported once', async () => {
    await bankSays(payments.slice(0, 4))
    const report = await send(csvOf(payments))
    const { accounts } = await platform.bus.call(storage.rulesReport, {}, { principal })
    expect(accounts).toMatchObject([{ added: 0, changed: 0, gone: 0 }])
    const asked = { importId: report.id, part: 0, accountName: '', dryRun: false, commandId: report.id }
    const again = { ...asked, accountId: ids.account, upload: await upload(csvOf(payments)) }
    expect(await platform.bus.call(storage.importStatement, again, { principal })).toMatchObject({
      id: report.id,
      added: report.added,
    })
    expect(await imports()).toHaveLength(1)
  })

  it('of an account that no bank tells of describes it, with the balance that the file states', async () => {
    const accountId = ids.sync(31)
    await platform.keys.createAccountKey(principal.spaceId, accountId)
    const report = await send(csvOf(payments), { accountId })
    expect(report).toMatchObject({ added: 12, account: { id: accountId } })
    expect(
      await askLake(platform, `select currency, provider from {accounts} where account_id = '${accountId}'`),
    ).toEqual([{ currency: 'GBP', provider: 'file-csv' }])
  })
})
