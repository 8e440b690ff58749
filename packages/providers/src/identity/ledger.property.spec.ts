import fc from 'fast-check'
import { normalise } from '../payload.ts'
import { dayNumber, dayOf } from './days.ts'
import { decideIdentity, MISSING_UPSTREAM } from './decide.ts'
import type { NormalisedRow, StoredRow } from './row.ts'
import { RowIndex } from './row-index.ts'

/**
 * A bank's payments as they live: pending or not, booked on one day or another, reissued with new ids and another wording,
 * and fetched from time to time. The rules run as in storage: answers of one account in the order of `fetched_at`.
 */
type Payment = {
  n: number
  /** Days after the first fetch's day, often before it. */
  day: number
  amount: string
  text: string
  ids: 'both' | 'bank' | 'provider' | 'none'
  /** Days that it is listed as pending before it is booked. */
  pendingDays: number
  /** Days after its booking day on which the bank lists it at last. */
  lateDays: number
  /** Days after its booking day on which the bank gives it another internal id and a longer text. */
  reissuedAfter: number | undefined
}
type Fetch = { today: string; from: string; body: object }

const FIRST = dayNumber('2025-03-20')

const payments = (of: Partial<{ [K in keyof Payment]: fc.Arbitrary<Payment[K]> }> = {}, maxLength = 14) =>
  fc
    .array(
      fc.record({
        n: fc.constant(0),
        day: fc.integer({ min: -12, max: 12 }),
        amount: fc.constantFrom('-3.20', '-10.00', '25.00'),
        text: fc.constantFrom('GRIND COFFEE LONDON', 'RENT MARCH', 'Card payment'),
        ids: fc.constantFrom<Payment['ids'][]>('both', 'bank', 'provider', 'none'),
        pendingDays: fc.constantFrom(0, 0, 1, 3),
        lateDays: fc.constantFrom(0, 0, 0, 1, 3),
        reissuedAfter: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 4 }),
        ...of,
      }),
      { maxLength },
    )
    .map((list): Payment[] => list.map((payment, n) => ({ ...payment, n })))

/** Days between fetches, so that each window overlaps with the one before it. */
const gaps = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 })

function wireRow({ n, day, amount, text, ids, reissuedAfter }: Payment, now: number): object {
  const date = dayOf(FIRST + day)
  const reissued = reissuedAfter !== undefined && now >= FIRST + day + reissuedAfter
  return {
    ...(ids === 'both' || ids === 'bank' ? { transactionId: `bank-id-${n}` } : {}),
    ...(ids === 'both' || ids === 'provider' ? { internalTransactionId: `iid-${n}${reissued ? '-again' : ''}` } : {}),
    bookingDate: date,
    transactionAmount: { amount, currency: 'GBP' },
    remittanceInformationUnstructured: reissued ? `${text} GB 4471` : text,
  }
}

/** What the bank answers on a day. `ignores`: it lists all it has, whatever was asked for. */
function answerOf(life: readonly Payment[], now: number, ignores = false): Fetch {
  const from = dayOf(now - 14)
  const bookedAt = ({ day, lateDays }: Payment) => FIRST + day + lateDays
  const booked = life.filter((payment) => bookedAt(payment) <= now && (ignores || dayOf(FIRST + payment.day) >= from))
  const pending = life.filter((one) => bookedAt(one) > now && FIRST + one.day - one.pendingDays <= now)
  const body = {
    transactions: { booked: booked.map((one) => wireRow(one, now)), pending: pending.map((one) => wireRow(one, now)) },
  }
  return { today: dayOf(now), from, body }
}

function fetches(life: readonly Payment[], between: readonly number[], ignores = false): Fetch[] {
  let now = FIRST
  return between.map((gap) => {
    now += gap
    return answerOf(life, now, ignores)
  })
}

const read = ({ body, today, from }: Fetch) =>
  normalise({ ...body }, { institutionId: 'ANY', today, timeZone: 'Europe/London', currency: 'GBP', dateFrom: from })

type Ledger = Map<string, StoredRow>

/** An account's ledger and who each of its ids was given to. */
class Account {
  readonly ledger: Ledger = new Map()
  #minted = 0

  apply(fetch: Fetch): { row: NormalisedRow; transactionId: string }[] {
    const { rows } = read(fetch)
    const window = { from: fetch.from, to: fetch.today }
    const { decisions } = decideIdentity([...this.ledger.values()], rows, window, () => `t${++this.#minted}`)
    for (const { row, transactionId, kind, flags } of decisions) {
      const known = this.ledger.get(transactionId)
      if (kind === 'pending_gone') this.ledger.delete(transactionId)
      else if (row === undefined && known) this.ledger.set(transactionId, { ...known, flags })
      else if (row && kind !== 'unchanged') {
        this.ledger.set(transactionId, { ...row, transactionId, status: row.section, flags })
      }
    }
    return decisions.flatMap(({ row, transactionId }) => (row ? [{ row, transactionId }] : []))
  }

  applyAll(list: readonly Fetch[]): this {
    for (const fetch of list) this.apply(fetch)
    return this
  }

  get rows(): string[] {
    return [...this.ledger.values()]
      .map(({ date, amountMinor, currency, status, flags }) => `${date} ${amountMinor} ${currency} ${status} ${flags}`)
      .sort()
  }

  get ids(): string[] {
    return [...this.ledger.keys()].sort()
  }
}

const account = (list: readonly Fetch[]) => new Account().applyAll(list)

describe('answers of one account', () => {
  it('applied again in their place in the order of fetching change nothing, ids included', () => {
    fc.assert(
      fc.property(
        payments(),
        gaps,
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }),
        (life, between, again) => {
          const once = fetches(life, between)
          const repeated = once.flatMap((fetch, i) => Array.from({ length: again[i] ?? 1 }, () => fetch))
          expect(account(repeated).rows).toEqual(account(once).rows)
          expect(account(repeated).ids).toEqual(account(once).ids)
        },
      ),
    )
  })

  it('that came late, once all are applied again in the order of fetching, give the same rows as in that order alone', () => {
    const orders = fc.array(fc.nat(), { maxLength: 8 })
    fc.assert(
      fc.property(payments(), gaps, orders, (life, between, order) => {
        const once = fetches(life, between)
        const late = order.flatMap((n) => once[n % once.length] ?? [])
        expect(account([...late, ...once]).rows).toEqual(account(once).rows)
      }),
    )
  })

  it('are the same whether the bank honours the day that is asked for or ignores it', () => {
    fc.assert(
      fc.property(payments(), gaps, (life, between) => {
        const [honoured, ignored] = [account(fetches(life, between)), account(fetches(life, between, true))]
        expect([ignored.rows, ignored.ids]).toEqual([honoured.rows, honoured.ids])
      }),
    )
  })
})

describe('a payment', () => {
  it('that its bank or the provider names keeps the id that it was given first, whatever becomes of it', () => {
    fc.assert(
      fc.property(payments({ ids: fc.constantFrom('both', 'bank') }), gaps, (life, between) => {
        const known = new Account()
        const given = new Map<string, string>()
        for (const fetch of fetches(life, between)) {
          for (const { row, transactionId } of known.apply(fetch)) {
            expect(transactionId).toBe(given.get(row.tid ?? '') ?? transactionId)
            given.set(row.tid ?? '', transactionId)
          }
        }
        expect(new Set(given.values()).size).toBe(given.size)
      }),
    )
  })

  it('that is all alone in its amount keeps its id without any id of the bank', () => {
    const alone = payments({ ids: fc.constant('none'), pendingDays: fc.constantFrom(0, 1, 3) }).map((life) =>
      life.map((one) => ({ ...one, amount: `-${one.n + 1}.00` })),
    )
    fc.assert(
      fc.property(alone, gaps, (life, between) => {
        const known = new Account()
        const given = new Map<bigint, string>()
        for (const fetch of fetches(life, between)) {
          for (const { row, transactionId } of known.apply(fetch)) {
            expect(transactionId).toBe(given.get(row.amountMinor) ?? transactionId)
            given.set(row.amountMinor, transactionId)
          }
        }
      }),
    )
  })

  it('never takes an id that stands on another row of the same answer', () => {
    fc.assert(
      fc.property(payments(), gaps, (life, between) => {
        const known = new Account()
        for (const fetch of fetches(life, between)) {
          const ids = known.apply(fetch).map(({ transactionId }) => transactionId)
          expect(new Set(ids).size).toBe(ids.length)
        }
      }),
    )
  })

  it('is neither lost nor doubled: the ledger holds as many of each kind as the bank, those it forgot flagged', () => {
    fc.assert(
      fc.property(payments({ reissuedAfter: fc.constant(undefined) }), gaps, (life, between) => {
        const list = fetches(life, between)
        const known = account(list)
        const kept = [...known.ledger.values()]
        const last = read(list.at(-1) as Fetch).rows
        const shown = kept.filter(({ flags, date }) => !flags.includes(MISSING_UPSTREAM) && date >= list.at(-1)!.from)
        const kind = (row: { date: string; amountMinor: bigint }) => `${row.date} ${row.amountMinor}`
        expect(shown.map(kind).sort()).toEqual(last.map(kind).sort())
        expect(kept.filter(({ flags }) => flags.includes(MISSING_UPSTREAM))).toEqual([])
      }),
    )
  })

  it('is one of n where n are equal, however they are pending, booked late and fetched', () => {
    const equal = payments({
      day: fc.constantFrom(-1, 0),
      amount: fc.constant('-3.20'),
      text: fc.constant('GRIND COFFEE LONDON'),
    })
    fc.assert(
      fc.property(equal, gaps, (life, between) => {
        const soon = between.filter((_, i) => between.slice(0, i + 1).reduce((sum, gap) => sum + gap, 0) < 10)
        const passed = soon.reduce((sum, gap) => sum + gap, 0)
        // By then all are booked, and the window still holds them.
        const known = account(fetches(life, [...soon, 10 - passed]))
        const kept = [...known.ledger.values()].map(({ status, flags }) => `${status} ${flags}`)
        expect(kept).toEqual(life.map(() => 'booked '))
      }),
    )
  })
})

describe('an index of the known rows', () => {
  it('gives what decides the same as all rows do', () => {
    fc.assert(
      fc.property(payments({}, 30), gaps, (life, between) => {
        const list = fetches(life, between)
        const last = list.at(-1)!
        const known = [...account(list.slice(0, -1)).ledger.values()]
        const { rows } = read(last)
        const window = { from: last.from, to: last.today }
        const index = new RowIndex(known)
        const decided = (history: StoredRow[]) => decideIdentity(history, rows, window, ({ index }) => `n${index}`)
        expect(decided(index.relevantTo(rows, window))).toEqual(decided(known))
      }),
    )
  })

  it('forgets what is removed and has what is put in its place', () => {
    fc.assert(
      fc.property(payments({}, 30), fc.nat(), (life, which) => {
        const { rows } = read(answerOf(life, FIRST))
        const known = rows.map((row, n): StoredRow => ({ ...row, transactionId: `t${n}`, status: row.section }))
        const index = new RowIndex(known)
        const everything = { from: '2025-01-01', to: '2025-12-31' }
        const gone = `t${which % Math.max(1, known.length)}`
        index.remove(gone)
        const left = known.filter(({ transactionId }) => transactionId !== gone)
        expect(index.relevantTo(rows, everything)).toEqual(left)
        for (const row of left) index.put({ ...row, date: '2025-02-01', fp: 'other' })
        expect(index.relevantTo([], { from: '2025-02-01', to: '2025-02-01' })).toHaveLength(left.length)
        expect(index.size).toBe(left.length)
      }),
    )
  })
})
