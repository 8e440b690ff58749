import {
  foldSteps,
  type KnownObservation,
  type KnownRow,
  type KnownStep,
  monthOf,
  monthsOf,
  type RowsByMonth,
} from '../domain/known-rows.ts'

/** How a month's rows are kept in memory: small, and opened only when a sync touches the month. */
export interface RowPacking {
  pack(rows: readonly KnownRow[]): Uint8Array
  unpack(bytes: Uint8Array): KnownRow[]
}

/**
 * One account's transactions as its ledger stands now, by month. A sync opens the months of its window and no others, so
 * that its cost does not grow with history; the rest stays packed.
 */
export class AccountRows {
  readonly #packing: RowPacking
  readonly #months = new Map<string, Uint8Array>()
  /** Months with a pending row: few, since a sync replaces the pending set. */
  readonly #pending = new Set<string>()
  /** Bytes held. */
  size = 0

  constructor(packing: RowPacking) {
    this.#packing = packing
  }

  /** Folds steps that follow those folded before. `observations`: those that these steps bring. Throws ObservationMissing. */
  apply(steps: readonly KnownStep[], observations: readonly KnownObservation[]): void {
    const months: RowsByMonth = new Map()
    for (const month of monthsOf(steps)) {
      months.set(month, new Map(this.#open(month).map((row) => [row.viewId, row])))
    }
    foldSteps(months, steps, new Map(observations.map((row) => [row.observation_id, row])), (id) =>
      this.#find((row) => row.observationId === id),
    )
    for (const [month, rows] of months) this.#keep(month, [...rows.values()])
  }

  /** Every view of one of these payments. Opens all months: for a user's question, not for a sync. */
  viewsOf(transactionIds: ReadonlySet<string>): KnownRow[] {
    return [...this.#months.keys()].flatMap((month) =>
      this.#open(month).filter((row) => transactionIds.has(row.transactionId)),
    )
  }

  view(viewId: string): KnownRow | undefined {
    return this.#find((row) => row.viewId === viewId)
  }

  #find(wanted: (row: KnownRow) => boolean): KnownRow | undefined {
    for (const month of this.#months.keys()) {
      const found = this.#open(month).find(wanted)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Rows dated `fromDay` or later, and every pending row, however old; in no promised order. */
  since(fromDay: string): KnownRow[] {
    const rows: KnownRow[] = []
    for (const month of this.#months.keys()) {
      const within = month >= monthOf(fromDay)
      if (!within && !this.#pending.has(month)) continue
      for (const row of this.#open(month)) {
        if (row.status === 'pending' || row.date >= fromDay) rows.push(row)
      }
    }
    return rows
  }

  #open(month: string): KnownRow[] {
    const packed = this.#months.get(month)
    return packed === undefined ? [] : this.#packing.unpack(packed)
  }

  #keep(month: string, rows: readonly KnownRow[]): void {
    this.size -= this.#months.get(month)?.length ?? 0
    this.#months.delete(month)
    this.#pending.delete(month)
    if (rows.length === 0) return
    const packed = this.#packing.pack(rows)
    this.#months.set(month, packed)
    this.size += packed.length
    if (rows.some((row) => row.status === 'pending')) this.#pending.add(month)
  }
}
