import { type Principal, requests } from '@pf/contracts'
import { decodePosition } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { type BankRow, bankRow, ids } from './domain/builders.ts'
import { startStorage } from './start-storage.ts'
import { askLake, ledgerOf, ledgerSql, upstream } from './testing/upstream.ts'

const principal = { userId: ids.run, spaceId: ids.space, sessionId: ids.sync(7), roles: ['owner'] } satisfies Principal
const stranger: Principal = { ...principal, spaceId: ids.sync(8) }
const { storage } = requests

describe('a payment, explained', () => {
  let platform: Platform
  let service: Service
  let bank: ReturnType<typeof upstream>
  let syncs = 0

  beforeEach(async () => {
    platform = await createMemoryPlatform()
    bank = upstream(platform)
    await bank.link()
    service = await startStorage(platform)
    syncs = 0
  })
  afterEach(async () => {
    await service.stop()
    await platform.close()
  })

  async function says(booked: BankRow[], { pending = [] as BankRow[], provider = 'sandbox' } = {}) {
    syncs += 1
    const syncId = ids.sync(syncs)
    const fetched = await bank.transactions(syncs, booked, pending, provider)
    await bank.append(fetched)
    await eventually(async () => {
      const stored = (await ledgerOf(platform)).some((e) => e.type === 'TransactionsStored' && e.data.syncId === syncId)
      if (!stored) throw new Error('It has not been stored yet.')
    })
    return fetched.data.raw
  }
  const paymentIds = async () => (await askLake(platform, ledgerSql)).map((row) => String(row['transaction_id']))
  const explain = (id: string, asked: { accountId?: string } = {}, who = principal) =>
    platform.bus.call(storage.explain, { id, ...asked }, { principal: who })

  it('leads to the row as the bank sent it, the object that it lies in, and the rule in words', async () => {
    const row = bankRow({ id: 'tx-0001', text: 'Corner shop', creditorName: 'Corner Ltd' })
    const raw = await says([bankRow({ id: 'tx-0002', date: '2026-10-06' }), row])
    const [id] = await paymentIds()
    const { transaction_id, account_id, observations, decisions } = await explain(id!)
    expect({ transaction_id, account_id }).toEqual({ transaction_id: id, account_id: ids.account })
    expect(observations).toEqual([
      {
        id: decisions[0]?.observation_id,
        source: 'sandbox',
        section: 'booked',
        connection_id: ids.connection,
        sync_id: ids.sync(1),
        fetched_at: expect.stringMatching(/^2026-10-31T08:00:00/),
        bank_now: expect.stringMatching(/^2026-10-31T08:00:00/),
        raw: { key: raw.key, sha256: raw.sha256, row_index: 1 },
        payload: row,
        read: {
          date: '2026-10-05',
          value_date: null,
          amount: { amount: '-12.50', currency: 'GBP' },
          description: 'Corner shop',
          counterparty: 'Corner Ltd',
          flags: [],
          normaliser_version: expect.any(Number),
        },
        current: true,
      },
    ])
    expect(decisions).toMatchObject([
      { kind: 'new', rule: 'minted', by: 'rules', status: 'booked', source: null, why: expect.stringContaining('new') },
    ])
  })

  it('tells of every step: pending, booked, no longer shown; each with its place in the log', async () => {
    const row = bankRow({ id: 'tx-0001', text: 'Corner shop' })
    await says([], { pending: [row] })
    await says([row])
    await says([])
    const [id] = await paymentIds()
    const { observations, decisions } = await explain(id!, { accountId: ids.account })
    expect(decisions.map(({ kind, status, missing_upstream }) => [kind, status, missing_upstream])).toEqual([
      ['new', 'pending', false],
      ['booked_from_pending', 'booked', false],
      ['vanished', 'booked', true],
    ])
    expect(observations.map(({ section, current }) => [section, current])).toEqual([
      ['booked', true],
      ['pending', false],
    ])
    const places = decisions.map(({ log_position }) => decodePosition(log_position).storage ?? 0)
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(new Set(places).size).toBe(3)
    const message = await platform.eventLog.read('storage', places[1]!)
    expect(message?.headers['ce-type']).toContain('TransactionsStored')
  })

  it('shows what another source says of it', async () => {
    await says([bankRow({ id: 'tx-0001', text: 'Corner shop' })])
    await says([bankRow({ text: 'Corner shop' })], { provider: 'enable-banking' })
    const [id, ...more] = await paymentIds()
    expect(more).toEqual([])
    const { observations, decisions } = await explain(id!)
    expect(decisions.map(({ rule, source }) => [rule, source])).toEqual([
      ['minted', null],
      ['across_sources', 'enable-banking'],
    ])
    expect(observations.map(({ source }) => source).sort()).toEqual(['enable-banking', 'sandbox'])
  })

  it('is found by an id that was merged into another, with the word that did it', async () => {
    await says([
      bankRow({ id: 'tx-0001', text: 'Direct debit 4711' }),
      bankRow({ id: 'tx-0002', text: 'Water company', date: '2026-10-07' }),
    ])
    const [first, second] = await paymentIds()
    const word = { transactionIds: [first!, second!], verdict: 'same' as const, commandId: 'c' }
    await platform.bus.call(storage.decideIdentity, { ...word, decisionId: ids.sync(50) }, { principal })
    const explained = await explain(second!)
    expect(explained).toEqual(await explain(first!))
    expect(explained.transaction_id).toBe(first)
    expect(explained.decisions.filter(({ by }) => by === 'user').map(({ kind }) => kind)).toContain('merged')
    await platform.bus.call(storage.undecideIdentity, { id: ids.sync(50), commandId: 'd' }, { principal })
    expect((await explain(second!)).transaction_id).toBe(second)
  })

  it('is nobody else’s, and nothing else', async () => {
    await says([bankRow({ id: 'tx-0001' })])
    const [id] = await paymentIds()
    await expect(explain(id!, {}, stranger)).rejects.toMatchObject({ code: 'transaction_not_found' })
    await expect(explain(id!, { accountId: ids.account }, stranger)).rejects.toMatchObject({
      code: 'transaction_not_found',
    })
    await expect(explain(ids.sync(3))).rejects.toMatchObject({ code: 'transaction_not_found' })
  })
})
