import fc from 'fast-check'
import { row, stored } from './builders.ts'
import { decideIdentity } from './decide.ts'
import type { Decision, NormalisedRow, StoredRow } from './row.ts'

const window = { from: '2025-03-01', to: '2025-03-14' }
const decide = (history: StoredRow[], incoming: NormalisedRow[]) => {
  let minted = 0
  return decideIdentity(history, incoming, window, () => `new-${++minted}`).decisions
}
const told = (decisions: Decision[]) =>
  decisions.map(({ transactionId, kind, rule }) => `${transactionId} ${kind} ${rule}`)

describe('a booked row', () => {
  it('never seen before gets an id of its own', () => {
    expect(told(decide([], [row()]))).toEqual(['new-1 new minted'])
  })

  it('seen again is unchanged, and changed where anything of it differs', () => {
    const history = [stored('t1', { iid: 'i1' })]
    expect(told(decide(history, [row({ iid: 'i1' })]))).toEqual(['t1 unchanged iid'])
    expect(told(decide(history, [row({ iid: 'i1', description: 'Grind, Soho' })]))).toEqual(['t1 changed iid'])
  })

  it('is not known by an id with another amount', () => {
    const decisions = decide([stored('t1', { iid: 'i1', description: 'A' })], [row({ iid: 'i1', amountMinor: -1n })])
    expect(told(decisions)).toEqual(['new-1 new minted', 't1 vanished absent'])
  })

  it('is known by the bank’s id for ten days and no longer', () => {
    const history = [stored('t1', { tid: 'tx-000001', date: '2025-03-01', description: 'A' })]
    expect(told(decide(history, [row({ tid: 'tx-000001', date: '2025-03-11' })]))).toEqual(['t1 changed tid'])
    expect(told(decide(history, [row({ tid: 'tx-000001', date: '2025-03-12' })]))[0]).toBe('new-1 new minted')
  })

  it('is paired with the nearest day first', () => {
    const history = [
      stored('far', { tid: 'tx-000001', date: '2025-03-04' }),
      stored('near', { tid: 'tx-000001', date: '2025-03-09' }),
    ]
    expect(told(decide(history, [row({ tid: 'tx-000001' })]))[0]).toBe('near changed tid')
  })

  it('that changed its text takes the place of one that vanished', () => {
    const history = [stored('t1', { iid: 'i1', description: '12.03 REMA TORGET' })]
    const decisions = decide(history, [row({ iid: 'i2', date: '2025-03-13', description: 'REMA TORGET' })])
    expect(told(decisions)).toEqual(['t1 changed vanish_appear'])
  })

  it('does not take the place of a look-alike that is still there', () => {
    const decisions = decide([stored('t1')], [row(), row({ index: 1, date: '2025-03-11' })])
    expect(told(decisions)).toEqual(['t1 unchanged fp', 'new-1 new minted'])
  })

  it('does not take the place of one outside the window', () => {
    const history = [stored('t1', { date: '2025-02-28' })]
    expect(told(decide(history, [row({ date: '2025-03-01' })]))).toEqual(['new-1 new minted'])
  })
})

describe('a stored row that the bank no longer shows', () => {
  it('is flagged and kept, once', () => {
    const [vanished] = decide([stored('t1')], [])
    expect(vanished).toMatchObject({ transactionId: 't1', kind: 'vanished', flags: ['missing_upstream'] })
    expect(decide([stored('t1', {}, ['missing_upstream'])], [])).toEqual([])
  })

  it('is no longer flagged when it comes back', () => {
    const [back] = decide([stored('t1', {}, ['missing_upstream'])], [row()])
    expect(back).toMatchObject({ transactionId: 't1', kind: 'changed', rule: 'fp', flags: [] })
  })

  it('is not missing outside the window', () => {
    expect(decide([stored('t1', { date: '2025-02-28' })], [])).toEqual([])
  })

  it('is missing although it was dated ahead, since no end of the window was asked for', () => {
    expect(told(decide([stored('t1', { date: '2025-03-20' }, ['future_dated'])], []))).toEqual(['t1 vanished absent'])
  })
})

describe('a pending row', () => {
  const pending = { section: 'pending' } as const

  it('seen again keeps its id, by the bank’s id or by its look', () => {
    const history = [stored('p1', { ...pending, tid: 'tx-000001' }), stored('p2', pending)]
    const again = [row({ ...pending, tid: 'tx-000001', amountMinor: -400n }), row({ ...pending, index: 1 })]
    expect(told(decide(history, again))).toEqual(['p1 changed pending_tid', 'p2 unchanged pending_fp'])
  })

  it('keeps its id when it is booked with the same id, whatever the amount', () => {
    const history = [stored('p1', { ...pending, tid: 'tx-000001', amountMinor: -10000n })]
    expect(told(decide(history, [row({ tid: 'tx-000001', amountMinor: -6341n })]))).toEqual([
      'p1 booked_from_pending pending_tid',
    ])
  })

  it('keeps its id when a similar row of the same amount is booked within eight days', () => {
    const history = [stored('p1', { ...pending, date: '2025-03-02' })]
    expect(told(decide(history, [row()]))).toEqual(['p1 booked_from_pending pending_similar'])
    expect(told(decide(history, [row({ date: '2025-03-11' })]))).toEqual(['new-1 new minted', 'p1 pending_gone absent'])
  })

  it('does not take a booked look-alike while it is still pending itself', () => {
    const history = [stored('p1', pending)]
    const decisions = decide(history, [row(), row({ ...pending, index: 1 })])
    expect(told(decisions)).toEqual(['new-1 new minted', 'p1 unchanged pending_fp'])
  })

  it('that never books is gone', () => {
    expect(told(decide([stored('p1', pending)], []))).toEqual(['p1 pending_gone absent'])
  })

  it('that is dated anew with every fetch keeps its id', () => {
    const history = [stored('p1', { ...pending, date: '2025-03-13', flags: ['date_inferred'] })]
    const decisions = decide(history, [row({ ...pending, date: '2025-03-14', flags: ['date_inferred'] })])
    expect(told(decisions)).toEqual(['p1 changed pending_redated'])
  })

  it('listed on after it was booked is that booked payment', () => {
    const history = [
      stored('t1', { tid: 'tx-000001' }),
      stored('t2', { dateTime: '2025-03-10T08:02:11Z', amountMinor: -5n }),
    ]
    const decisions = decide(history, [
      row({ tid: 'tx-000001' }),
      row({ index: 1, dateTime: '2025-03-10T08:02:11Z', amountMinor: -5n }),
      row({ ...pending, index: 2, tid: 'tx-000001' }),
      row({ ...pending, index: 3, dateTime: '2025-03-10T08:02:11Z', amountMinor: -5n }),
    ])
    expect(told(decisions).slice(2)).toEqual(['t1 unchanged already_booked', 't2 unchanged already_booked'])
  })
})

/** What storage does with decisions: the ledger as it stands after each response. */
function apply(history: StoredRow[], incoming: NormalisedRow[], mint: () => string, from = window.from): StoredRow[] {
  const ledger = new Map(history.map((known) => [known.transactionId, known]))
  for (const { row: seen, transactionId, kind, flags } of decideIdentity(history, incoming, { ...window, from }, mint)
    .decisions) {
    if (kind === 'pending_gone') ledger.delete(transactionId)
    else if (seen === undefined) ledger.set(transactionId, { ...ledger.get(transactionId)!, flags })
    else if (kind !== 'unchanged') ledger.set(transactionId, { ...seen, transactionId, status: seen.section, flags })
  }
  return [...ledger.values()]
}

describe('a ledger', () => {
  const days = fc.integer({ min: 1, max: 14 }).map((day) => `2025-03-${String(day).padStart(2, '0')}`)
  const payment = fc.record({
    date: days,
    amountMinor: fc.constantFrom(-320n, -1000n),
    description: fc.constantFrom('GRIND COFFEE', 'RENT', ''),
    iid: fc.option(fc.constantFrom('i1', 'i2', 'i3', 'i4'), { nil: undefined }),
    tid: fc.option(fc.constantFrom('tx-000001', 'tx-000002'), { nil: undefined }),
  })
  const rowsOf = (payments: Partial<NormalisedRow>[]) => payments.map((over, index) => row({ ...over, index }))
  const ids = () => {
    let count = 0
    return () => `t${++count}`
  }
  const looks = (ledger: StoredRow[]) => ledger.map(({ fp }) => fp).sort()

  it('holds every row of a first response once', () => {
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 40 }), (payments) => {
        const incoming = rowsOf(payments)
        expect(looks(apply([], incoming, ids()))).toEqual(incoming.map(({ fp }) => fp).sort())
      }),
    )
  })

  it('is the same after the same response again, in any order, ids and all', () => {
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 40 }), fc.nat(), (payments, turn) => {
        const mint = ids()
        const once = apply([], rowsOf(payments), mint)
        const cut = turn % (payments.length + 1)
        const turned = rowsOf([...payments.slice(cut), ...payments.slice(0, cut)])
        const twice = apply(once, turned, mint)
        expect(twice.map(({ transactionId }) => transactionId).sort()).toEqual(
          once.map((known) => known.transactionId).sort(),
        )
        expect(looks(twice)).toEqual(looks(once))
        expect(twice.filter(({ flags }) => flags.includes('missing_upstream'))).toEqual([])
      }),
    )
  })

  it('keeps n equal payments n, however they arrive', () => {
    const equal = fc.integer({ min: 1, max: 6 })
    fc.assert(
      fc.property(fc.array(equal, { minLength: 1, maxLength: 5 }), (arrivals) => {
        const mint = ids()
        let ledger: StoredRow[] = []
        let most = 0
        for (const count of arrivals) {
          most = Math.max(most, count)
          ledger = apply(ledger, rowsOf(Array.from({ length: count }, () => ({}))), mint)
          expect(ledger).toHaveLength(most)
        }
      }),
    )
  })

  it('is the same whether a row came late or at once', () => {
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 25 }), fc.nat(), (payments, late) => {
        // Ids are distinct here: what is asked is only whether the time of arrival matters.
        const distinct = payments.map((over, i) => ({ ...over, tid: `tx-late-${i}`, iid: `i-${i}` }))
        const without = distinct.filter((_, i) => i !== late % Math.max(1, distinct.length))
        const mint = ids()
        const lateLedger = apply(apply([], rowsOf(without), mint), rowsOf(distinct), mint)
        expect(looks(lateLedger)).toEqual(looks(apply([], rowsOf(distinct), ids())))
      }),
    )
  })

  it('never loses or doubles a row when the window moves on', () => {
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 40 }), days, (payments, from) => {
        const mint = ids()
        const first = apply([], rowsOf(payments), mint)
        const later = apply(first, rowsOf(payments.filter(({ date }) => date >= from)), mint, from)
        expect(later.map(({ transactionId }) => transactionId).sort()).toEqual(
          first.map((known) => known.transactionId).sort(),
        )
      }),
    )
  })
})
