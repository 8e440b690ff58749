import type { RowPacking } from '../application/account-rows.ts'
import type { KnownRow } from '../domain/known-rows.ts'
import { keptOpen, packedRows } from './packed-rows.ts'

const row = (n: number, over: Partial<KnownRow> = {}): KnownRow => ({
  transactionId: `transaction-${n}`,
  viewId: `transaction-${n}`,
  linked: false,
  observationId: `observation-${n}`,
  source: 'sandbox',
  status: 'booked',
  date: '2026-03-01',
  amountMinor: -9_007_199_254_740_993n,
  currency: 'GBP',
  fp: `fp-${n}`,
  description: `ROW ${n}`,
  counterparty: null,
  flags: [],
  contentHash: `hash-${n}`,
  ...over,
})
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => row(from + n))

describe('packed rows', () => {
  it('come out as they went in, linked views with their own id', () => {
    const all = [row(1), row(2, { viewId: 'view-2', linked: true })]
    expect(packedRows.unpack(packedRows.pack(all))).toEqual(all)
  })
})

describe('packed rows that are kept open', () => {
  function counting(maxRows: number) {
    let unpacked = 0
    const packing: RowPacking = {
      pack: packedRows.pack,
      unpack(bytes) {
        unpacked++
        return packedRows.unpack(bytes)
      },
    }
    return { packing: keptOpen(packing, maxRows), unpacked: () => unpacked }
  }

  it('are not unpacked again', () => {
    const { packing, unpacked } = counting(10)
    const bytes = packing.pack(rows(0, 5))
    expect(packing.unpack(bytes)).toEqual(rows(0, 5))
    expect(unpacked()).toBe(0)
  })

  it('leave when others were used since and there is no room', () => {
    const { packing, unpacked } = counting(10)
    const [first, second] = [packing.pack(rows(0, 5)), packing.pack(rows(5, 10))]
    packing.unpack(first)
    packing.pack(rows(10, 15))
    packing.unpack(first)
    expect(unpacked()).toBe(0)
    expect(packing.unpack(second)).toEqual(rows(5, 10))
    expect(unpacked()).toBe(1)
  })

  it('are not kept where one month alone is too large', () => {
    const { packing, unpacked } = counting(3)
    const bytes = packing.pack(rows(0, 5))
    expect(packing.unpack(bytes)).toEqual(rows(0, 5))
    packing.unpack(bytes)
    expect(unpacked()).toBe(2)
  })

  it('are not changed by what their reader does to its list', () => {
    const { packing } = counting(10)
    const bytes = packing.pack(rows(0, 5))
    packing.unpack(bytes).pop()
    expect(packing.unpack(bytes)).toHaveLength(5)
  })
})
