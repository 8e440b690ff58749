import { type InputOf, type Principal, type Rest, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { type BankRow, bankRow, ids } from './domain/builders.ts'
import { startStorage } from './start-storage.ts'
import { askLake, ledgerOf, ledgerSql, tendLake, upstream } from './testing/upstream.ts'

const principal: Principal = {
  userId: ids.run,
  spaceId: ids.space,
  sessionId: ids.sync(7),
  roles: ['owner'],
} as unknown as Principal
const stranger: Principal = { ...principal, spaceId: ids.sync(8) }
const { storage } = requests

describe("the user's words on a ledger", () => {
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
    await bank.append(await bank.transactions(syncs, booked, pending, provider))
    return eventually(async () => {
      for (const event of await ledgerOf(platform)) {
        if (event.type === 'TransactionsStored' && event.data.syncId === syncId) return event.data
      }
      throw new Error('It has not been stored yet.')
    })
  }

  const payments = () => askLake(platform, ledgerSql)
  const held = async (decided = false, who = principal): Promise<Rest.HeldItem[]> =>
    (await platform.bus.call(storage.held, { decided }, { principal: who })).items
  const decide = (id: string, said: Omit<InputOf<typeof storage.decideHeld>, 'id' | 'commandId'>) =>
    platform.bus.call(storage.decideHeld, { id, commandId: platform.ids.uuid(), ...said }, { principal })
  const takeBack = (id: string) =>
    platform.bus.call(storage.undecideHeld, { id, commandId: platform.ids.uuid() }, { principal })

  describe('on a row that nobody could read', () => {
    const doubtful = bankRow({ amount: '1,234', text: 'Boiler' })

    it('are asked for with the row as the bank sent it, the reason in words and what could be read', async () => {
      await says([doubtful])
      const [item, ...more] = await held()
      expect(more).toEqual([])
      expect(item).toMatchObject({
        reason: 'amount_ambiguous',
        source: 'sandbox',
        section: 'booked',
        payload: doubtful,
        read: { date: '2026-10-05', amount: null, description: 'Boiler' },
        verdicts: ['accept', 'dismiss', 'same'],
        decision: null,
      })
      expect(await held(false, stranger)).toEqual([])
    })

    it('make it a payment with what they say, which goes on when the bank sends it again', async () => {
      await says([doubtful])
      const [item] = await held()
      await expect(decide(item!.id, { verdict: 'accept' })).rejects.toMatchObject({ code: 'held_correction_needed' })
      const accepted = await decide(item!.id, { verdict: 'accept', amount: { amount: '-1234.00', currency: 'GBP' } })
      expect(accepted.decision).toMatchObject({ verdict: 'accept', transaction_id: expect.any(String) })
      expect(await payments()).toMatchObject([{ amount: '-1234.0000', date: '2026-10-05', description: 'Boiler' }])
      expect(await says([doubtful])).toMatchObject({ vanished: 0, counts: { unchanged: 1, held: 0, added: 0 } })
      expect(await held()).toEqual([])
      expect(await payments()).toHaveLength(1)
    })

    it('meet the payment when the bank sends it readable one day', async () => {
      await says([doubtful])
      const [item] = await held()
      await decide(item!.id, { verdict: 'accept', amount: { amount: '-1234.00', currency: 'GBP' } })
      expect(await says([bankRow({ amount: '-1234.00', text: 'Boiler' })])).toMatchObject({ counts: { added: 0 } })
      expect(await payments()).toHaveLength(1)
    })

    it('are said once, and can be taken back and said anew', async () => {
      await says([doubtful])
      const [item] = await held()
      await decide(item!.id, { verdict: 'accept', amount: { amount: '-1234.00', currency: 'GBP' } })
      await expect(decide(item!.id, { verdict: 'dismiss' })).rejects.toMatchObject({ code: 'held_decided' })
      await takeBack(item!.id)
      expect(await payments()).toEqual([])
      expect(await held()).toMatchObject([{ id: item!.id, decision: null }])
      await expect(takeBack(item!.id)).rejects.toMatchObject({ code: 'held_undecided' })
      await decide(item!.id, { verdict: 'dismiss' })
      expect(await held()).toEqual([])
      expect(await held(true)).toMatchObject([{ id: item!.id, decision: { verdict: 'dismiss', transaction_id: null } }])
      await says([doubtful])
      expect(await held()).toEqual([])
    })

    it('are nobody else’s to say', async () => {
      await says([doubtful])
      const [item] = await held()
      const asked = { id: item!.id, verdict: 'dismiss' as const, commandId: 'c' }
      await expect(platform.bus.call(storage.decideHeld, asked, { principal: stranger })).rejects.toMatchObject({
        code: 'held_not_found',
      })
    })
  })

  describe('on a row that two sources do not agree on', () => {
    const twice = [bankRow({ date: '2026-10-15' }), bankRow({ date: '2026-10-15' })]
    const surplus = async () => {
      await says([bankRow({ date: '2026-10-15', id: 'tx-0001' })])
      await says(twice, { provider: 'enable-banking' })
      const [item] = await held()
      return item!
    }

    it('make it a payment, or the one that it says again', async () => {
      const item = await surplus()
      expect(item).toMatchObject({ reason: 'sources_differ', source: 'enable-banking' })
      await decide(item.id, { verdict: 'accept' })
      expect(await payments()).toHaveLength(2)
      expect(await says(twice, { provider: 'enable-banking' })).toMatchObject({ counts: { held: 0, added: 0 } })
      await takeBack(item.id)
      expect(await payments()).toHaveLength(1)
    })

    it('make it the payment that it says again', async () => {
      const item = await surplus()
      const [paid] = await payments()
      const transactionId = String(paid!['transaction_id'])
      await expect(decide(item.id, { verdict: 'same' })).rejects.toMatchObject({ code: 'invalid_input' })
      await decide(item.id, { verdict: 'same', transactionId })
      expect(await says(twice, { provider: 'enable-banking' })).toMatchObject({ counts: { held: 0, added: 0 } })
      expect(await payments()).toHaveLength(1)
    })
  })

  describe('on what is one payment', () => {
    const rows = [
      bankRow({ id: 'tx-0001', text: 'Direct debit 4711' }),
      bankRow({ id: 'tx-0002', text: 'Water company', date: '2026-10-07' }),
    ]
    const idsOf = async () => (await payments()).map((row) => String(row['transaction_id']))
    const say = (transactionIds: string[], verdict: 'same' | 'different', who = principal) =>
      platform.bus.call(
        storage.decideIdentity,
        { decisionId: platform.ids.uuid(), transactionIds, verdict, commandId: platform.ids.uuid() },
        { principal: who },
      )
    const unsay = (id: string) =>
      platform.bus.call(storage.undecideIdentity, { id, commandId: platform.ids.uuid() }, { principal })
    const said = async () => (await platform.bus.call(storage.identityDecisions, {}, { principal })).items

    it('join them under the first id, also when the bank goes on sending both', async () => {
      await says(rows)
      const [first, second] = await idsOf()
      const word = await say([first!, second!], 'same')
      expect(word).toMatchObject({ verdict: 'same', transaction_id: first, taken_back_at: null })
      expect(await idsOf()).toEqual([first])
      expect(await says(rows)).toMatchObject({ counts: { unchanged: 2, added: 0 }, vanished: 0 })
      expect(await idsOf()).toEqual([first])
    })

    it('are taken back, and both are there as the bank tells them now', async () => {
      await says(rows)
      const before = await payments()
      const [first, second] = await idsOf()
      const { id } = await say([first!, second!], 'same')
      await says([rows[0]!, { ...rows[1]!, bookingDate: '2026-10-08' }])
      await unsay(id)
      expect((await payments()).map((row) => [row['transaction_id'], row['date']])).toEqual([
        [before[0]!['transaction_id'], '2026-10-05'],
        [before[1]!['transaction_id'], '2026-10-08'],
      ])
      expect(await said()).toMatchObject([{ id, taken_back_at: expect.any(String) }])
      await expect(unsay(id)).rejects.toMatchObject({ code: 'decision_not_found' })
    })

    it('are taken back each by its own, though their rows lie in one file by then', async () => {
      const three = [...rows, bankRow({ id: 'tx-0003', amount: '-8.00', text: 'Third' })]
      await says(three)
      const before = await payments()
      const [first, second, third] = await idsOf()
      const { id } = await say([first!, second!], 'same')
      await say([first!, third!], 'same')
      await tendLake(platform)
      await unsay(id)
      expect(await idsOf()).toEqual([first, second])
      expect((await payments()).map(({ description }) => description)).toEqual(
        before.slice(0, 2).map(({ description }) => description),
      )
    })

    it('mend a bank that gave a payment another id and text: the old id goes on with what the bank shows now', async () => {
      await says([bankRow({ id: 'old-0001', text: 'POS 99' })])
      const [old] = await idsOf()
      await says([bankRow({ id: 'new-0001', text: 'Corner shop' })])
      const both = await idsOf()
      const fresh = both.find((id) => id !== old)!
      const { id } = await say([old!, fresh], 'same')
      expect(await payments()).toMatchObject([
        { transaction_id: old, description: 'Corner shop', missing_upstream: false },
      ])
      await unsay(id)
      expect((await payments()).map((row) => [row['transaction_id'], row['missing_upstream']]).sort()).toEqual(
        [
          [old, true],
          [fresh, false],
        ].sort(),
      )
    })

    it('say that a look-alike was another payment, and can be taken back', async () => {
      await says([bankRow({ id: 'old-0001', text: 'Corner shop London' })])
      const [old] = await idsOf()
      await says([bankRow({ id: 'new-0001', text: 'Corner shop', date: '2026-10-07' })])
      expect(await idsOf()).toEqual([old])
      const { id, transaction_ids } = await say([old!], 'different')
      expect((await payments()).map((row) => [row['date'], row['missing_upstream']])).toEqual([
        ['2026-10-05', true],
        ['2026-10-07', false],
      ])
      expect(transaction_ids).toHaveLength(2)
      expect(await says([bankRow({ id: 'new-0001', text: 'Corner shop', date: '2026-10-07' })])).toMatchObject({
        counts: { unchanged: 1 },
      })
      await unsay(id)
      expect(await payments()).toMatchObject([{ transaction_id: old, date: '2026-10-07', missing_upstream: false }])
    })

    it('set two sources apart that were taken for one', async () => {
      await says([bankRow({ id: 'tx-0001' })])
      await says([bankRow({ text: 'Corner shop' })], { provider: 'enable-banking' })
      const [first] = await idsOf()
      await say([first!], 'different')
      expect(await idsOf()).toHaveLength(2)
      await says([bankRow({ text: 'Corner shop' })], { provider: 'enable-banking' })
      await says([bankRow({ id: 'tx-0001' })])
      expect(await idsOf()).toHaveLength(2)
    })

    it('refuse what makes no sense', async () => {
      await says([...rows, bankRow({ id: 'tx-0003', transactionAmount: { amount: '-1.00', currency: 'EUR' } })])
      const known = await payments()
      const [first, euro] = [known.at(-1)!, known.find((row) => row['amount'] === '-1.0000')!].map((row) =>
        String(row['transaction_id']),
      )
      await expect(say([first!, euro!], 'same')).rejects.toMatchObject({ code: 'currencies_differ' })
      await expect(say([first!], 'same')).rejects.toMatchObject({ code: 'invalid_input' })
      await expect(say([first!], 'different')).rejects.toMatchObject({ code: 'nothing_to_split' })
      await expect(say([ids.sync(3)], 'different')).rejects.toMatchObject({ code: 'transaction_not_found' })
      await expect(say([first!], 'different', stranger)).rejects.toMatchObject({ code: 'transaction_not_found' })
    })
  })

  describe('on newer rules', () => {
    const report = () => platform.bus.call(storage.rulesReport, {}, { principal })

    it('are asked for with what would change; looking changes nothing', async () => {
      await says([bankRow({ id: 'tx-0001' }), bankRow({ amount: '-3.00' })], {
        pending: [bankRow({ amount: '-1.00' })],
      })
      await says([bankRow({ id: 'tx-0001' }), bankRow({ amount: '-3.00' }), bankRow({ amount: '-1.00' })])
      const before = await ledgerOf(platform)
      expect(await report()).toMatchObject({
        accounts: [{ account_id: ids.account, unchanged: 3, added: 0, changed: 0, gone: 0, held: 0, differences: [] }],
      })
      expect(await ledgerOf(platform)).toEqual(before)
    })

    it('switch for everything that was kept, and what the user decided stands', async () => {
      await says([bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002', text: 'Water company', date: '2026-10-07' })])
      const transactionIds = (await payments()).map((row) => String(row['transaction_id']))
      const decided = { decisionId: platform.ids.uuid(), transactionIds, verdict: 'same' as const, commandId: 'same' }
      await platform.bus.call(storage.decideIdentity, decided, { principal })
      const before = await payments()
      await platform.bus.call(storage.switchRules, { commandId: 'switch' }, { principal })
      expect((await ledgerOf(platform)).at(-1)).toMatchObject({ type: 'RulesSwitched', data: { gone: 0, added: 0 } })
      expect(await payments()).toEqual(before)
    })
  })
})
