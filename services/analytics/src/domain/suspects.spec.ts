import type { BookedRow, Evidence, Gap, HistoryRow } from './gap.ts'
import { rankSuspects } from './suspects.ts'

const gap = (differenceMinor: bigint, over: Partial<Gap> = {}): Gap => ({
  differenceMinor,
  fromDate: '2026-05-10',
  toDate: '2026-05-11',
  isLast: false,
  ...over,
})
const row = (id: string, amountMinor: bigint, over: Partial<BookedRow> = {}): BookedRow => ({
  id,
  date: '2026-05-11',
  amountMinor,
  text: 'CORNER SHOP',
  inInterval: true,
  isLater: false,
  missing: false,
  pendingMinor: [],
  ...over,
})
const past = (date: string, amountMinor: bigint, text = 'CORNER SHOP'): HistoryRow => ({
  id: `${date}/${amountMinor}`,
  date,
  amountMinor,
  text,
  inInterval: false,
})
const evidence = (over: Partial<Evidence> = {}): Evidence => ({
  rows: [],
  history: [],
  legs: [],
  held: [],
  unbooked: [],
  usualLeastMinor: -100n,
  ...over,
})
const first = (differenceMinor: bigint, over: Partial<Evidence>, rest: Partial<Gap> = {}) =>
  rankSuspects(gap(differenceMinor, rest), evidence(over))[0]

describe('a row that may be missing', () => {
  it('is of the amount that is unexplained', () => {
    expect(rankSuspects(gap(-1234n), evidence())).toEqual([
      { kind: 'missing', amountMinor: -1234n, transactionIds: [], because: 'unexplained' },
    ])
  })
  it('is first of all one that is held back', () => {
    const held = [
      { id: 'other', amountMinor: -1n, inInterval: true },
      { id: 'fits', amountMinor: -1234n, inInterval: false },
    ]
    expect(first(-1234n, { held, rows: [row('a', 1234n), row('b', 1234n)] })).toMatchObject({
      kind: 'missing',
      heldId: 'fits',
      because: 'held_row',
    })
  })
  it('may be held because its amount could not be read', () => {
    const held = [{ id: 'unread', amountMinor: null, inInterval: true }]
    expect(first(-1234n, { held })).toMatchObject({ kind: 'missing', heldId: 'unread', because: 'held_unreadable' })
    expect(first(-1234n, { held: [{ ...held[0]!, inInterval: false }] })).not.toHaveProperty('heldId')
  })
  it('is one that was pending and never booked', () => {
    const unbooked = [{ id: 'p', amountMinor: -1234n, ended: true }]
    expect(first(-1234n, { unbooked })).toMatchObject({ kind: 'missing', transactionIds: ['p'] })
  })
  it('is the other leg of a transfer', () => {
    const legs = [{ date: '2026-05-11', amountMinor: 5000n }]
    expect(first(-5000n, { legs })).toMatchObject({ kind: 'missing', because: 'other_leg' })
    const paired = [row('leg', -5000n, { inInterval: false })]
    expect(first(-5000n, { legs, rows: paired })).toMatchObject({ because: 'unexplained' })
  })
  it('is one that comes every month, where it did not', () => {
    const history = [past('2026-04-11', -4500n, 'WATER 04'), past('2026-03-11', -4500n, 'WATER 03')]
    expect(first(-4500n, { history })).toMatchObject({ kind: 'missing', because: 'expected_again' })
    const came = [...history, past('2026-05-11', -4500n, 'WATER 05')]
    expect(first(-4500n, { history: came })).toMatchObject({ because: 'amount_seen' })
  })
})

describe('a row that may be doubled', () => {
  it('is a pair of equal rows, one of them of the interval', () => {
    const rows = [row('a', -360n), row('b', -360n, { inInterval: false, date: '2026-05-09' })]
    expect(first(360n, { rows })).toMatchObject({ kind: 'doubled', transactionIds: ['a', 'b'], because: 'same_text' })
  })
  it('is the nearest of several', () => {
    const rows = [
      row('a', -360n),
      row('far', -360n, { inInterval: false, date: '2026-05-03' }),
      row('near', -360n, { inInterval: false, date: '2026-05-10' }),
    ]
    expect(first(360n, { rows })?.transactionIds).toEqual(['a', 'near'])
  })
  it('is told once where both are of the interval', () => {
    const suspects = rankSuspects(gap(360n), evidence({ rows: [row('a', -360n), row('b', -360n)] }))
    expect(suspects.filter(({ kind }) => kind === 'doubled')).toHaveLength(1)
  })
  it('needs another within ten days', () => {
    const rows = [row('a', -360n), row('b', -360n, { inInterval: false, date: '2026-04-20' })]
    expect(first(360n, { rows })?.kind).not.toBe('doubled')
  })
})

describe('a row that may be changed', () => {
  it.each([
    ['pending_amount', row('a', -1500n, { pendingMinor: [-1250n] }), {}],
    ['other_leg', row('a', -1500n), { legs: [{ date: '2026-05-11', amountMinor: 1250n }] }],
    ['usual_amount', row('a', -1500n), { history: [past('2026-04-11', -1250n), past('2026-03-11', -1250n)] }],
    [
      'usual_range',
      row('a', -1500n),
      { history: [past('2026-04-11', -1200n), past('2026-04-20', -1300n), past('2026-03-11', -1210n)] },
    ],
  ])('is known by %s', (because, changed, more) => {
    const rows = [changed, row('b', -9900n, { text: 'ANOTHER' })]
    expect(first(250n, { rows, ...more })).toMatchObject({
      kind: 'changed',
      transactionIds: ['a'],
      expectedMinor: -1250n,
      because,
    })
  })
  it.each([
    ['sign', 1250n, -1250n],
    ['decimal_point', -125n, -1250n],
    ['digits_swapped', -1520n, -1250n],
  ])('is a figure that was misread: %s', (because, amount, truly) => {
    expect(first(truly - amount, { rows: [row('a', amount), row('b', -777n)] })).toMatchObject({
      kind: 'changed',
      transactionIds: ['a'],
      because,
    })
  })
  it('is one that the bank shows anew with another amount', () => {
    const rows = [
      row('old', -1200n, { missing: true, inInterval: false, date: '2026-05-09' }),
      row('new', -1300n, { date: '2026-05-09' }),
    ]
    expect(first(1200n, { rows })).toMatchObject({
      kind: 'changed',
      transactionIds: ['old', 'new'],
      expectedMinor: -1300n,
      because: 'shown_anew',
    })
  })
  it('is none that was told twice, pending and booked', () => {
    const rows = [row('a', -1500n, { pendingMinor: [-1500n] })]
    expect(first(3000n, { rows })?.kind).not.toBe('changed')
  })
  it('is not preferred without evidence to a row that may be missing', () => {
    expect(first(-4000n, { rows: [row('a', -1250n)] })?.kind).toBe('missing')
  })
  it('is likelier than a missing row of an amount that the account never moves', () => {
    expect(first(-17n, { rows: [row('a', -1250n)] })).toMatchObject({ kind: 'changed', because: 'slightly_different' })
  })
})

describe('a row that the balance does not hold', () => {
  it('was taken back, where the bank shows it no more', () => {
    expect(first(1250n, { rows: [row('a', -1250n, { missing: true, inInterval: false })] })).toMatchObject({
      kind: 'withdrawn',
      transactionIds: ['a'],
    })
  })
  it('may be booked late: newer than the newest balance, or later than an older one', () => {
    expect(first(1250n, { rows: [row('a', -1250n)] }, { isLast: true })).toMatchObject({
      kind: 'booked_late',
      because: 'balance_behind',
    })
    const later = row('a', -1250n, { inInterval: false, isLater: true, date: '2026-05-10' })
    expect(first(-1250n, { rows: [later] })).toMatchObject({ kind: 'booked_late', because: 'came_later' })
    const unbooked = [{ id: 'p', amountMinor: -1250n, ended: false }]
    expect(first(-1250n, { unbooked })).toMatchObject({ kind: 'booked_late', because: 'still_pending' })
  })
})
