import type { LedgerFile } from '@pf/contracts'
import { type Compaction, foldedDatasets, standsIn, swapped } from '../domain/compaction.ts'
import { foldHeld, type HeldRows, ofVersion1 } from '../domain/held-rows.ts'
import {
  inOrder,
  type KnownObservation,
  type KnownStep,
  knownDecisionColumns,
  knownLinkColumns,
  knownObservationColumns,
  ObservationMissing,
} from '../domain/known-rows.ts'
import { decisions, type HeldLakeRow, heldRows, heldRowsV1, links, observations } from '../domain/lake.ts'
import type { Ledger } from '../domain/ledger.ts'
import type { PlanContext } from '../domain/ledger-plan.ts'
import { AccountRows, type RowPacking } from './account-rows.ts'
import type { Lake } from './ports.ts'

type Account = { spaceId: string; accountId: string }
type Entry = { rows: AccountRows; held: HeldRows; files: readonly LedgerFile[] }
/** What stands in some files of the manifest. */
type Written = { steps: KnownStep[]; observations: KnownObservation[]; held: HeldLakeRow[] }

/**
 * The present rows of the accounts used last, folded from the files of their ledgers' manifests. What is missing is read
 * from the lake: all of it after a start, only the newest files where another replica wrote them.
 */
export class LedgerRows {
  readonly #lake: Lake
  readonly #packing: RowPacking
  readonly #idOf: PlanContext['idOf']
  readonly #maxBytes: number
  readonly #readsInFlight: number
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  constructor(options: {
    lake: Lake
    packing: RowPacking
    idOf: PlanContext['idOf']
    maxBytes?: number
    readsInFlight?: number
  }) {
    this.#lake = options.lake
    this.#packing = options.packing
    this.#idOf = options.idOf
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024
    this.#readsInFlight = options.readsInFlight ?? 8
  }

  /** The account's rows, and those held, as of exactly this ledger. */
  async of(account: Account, ledger: Ledger): Promise<{ rows: AccountRows; held: HeldRows }> {
    const known = this.#entries.get(nameOf(account))
    const entry = known && follows(ledger.files, known.files) ? known : this.#empty()
    const missing = ledger.files.slice(entry.files.length)
    if (missing.length > 0) {
      // Dropped while it is between two states: a read that fails must not leave half of one behind.
      this.forget(account)
      if (!this.#apply(entry, await this.#read(missing), ledger)) return this.#anew(account, ledger)
    }
    this.#hold(account, entry)
    return entry
  }

  /** After an append: what was just written, without reading it back. `ledger`: the state after it. */
  advance(account: Account, ledger: Ledger, written: Written): void {
    const entry = this.#entries.get(nameOf(account))
    if (entry === undefined) return
    this.forget(account)
    if (this.#apply(entry, written, ledger)) this.#hold(account, entry)
  }

  /** After a compaction: the same rows stand in fewer files, and none of them has to be read. */
  swap(account: Account, compactions: readonly Compaction[]): void {
    const entry = this.#entries.get(nameOf(account))
    if (entry === undefined) return
    for (const compaction of compactions) {
      const { dataset } = compaction.file
      if (!foldedDatasets.includes(dataset)) continue
      // Rows that were folded before some of these files came are read anew when they are asked for.
      if (!standsIn(entry.files, compaction)) {
        this.forget(account)
        return
      }
      entry.files = swapped(entry.files, compaction)
    }
  }

  /** False where a step goes back to what only the whole manifest knows. */
  #apply(entry: Entry, written: Written, ledger: Ledger): boolean {
    try {
      entry.rows.apply(written.steps, written.observations)
    } catch (error) {
      if (error instanceof ObservationMissing && entry.files.length > 0) return false
      throw error
    }
    entry.held = foldHeld(entry.held, written.held)
    entry.files = ledger.files
    return true
  }

  async #anew(account: Account, ledger: Ledger): Promise<Entry> {
    const entry = this.#empty()
    this.#apply(entry, await this.#read(ledger.files), ledger)
    this.#hold(account, entry)
    return entry
  }

  forgetSpace(spaceId: string): void {
    for (const [name, { rows }] of this.#entries) {
      if (!name.startsWith(`${spaceId}/`)) continue
      this.#entries.delete(name)
      this.#bytes -= rows.size
    }
  }

  forget(account: Account): void {
    const entry = this.#entries.get(nameOf(account))
    if (entry === undefined) return
    this.#entries.delete(nameOf(account))
    this.#bytes -= entry.rows.size
  }

  #hold(account: Account, entry: Entry): void {
    this.forget(account)
    this.#entries.set(nameOf(account), entry)
    this.#bytes += entry.rows.size
    for (const [name, oldest] of this.#entries) {
      if (this.#bytes <= this.#maxBytes || this.#entries.size === 1) break
      this.#entries.delete(name)
      this.#bytes -= oldest.rows.size
    }
  }

  #empty(): Entry {
    return { rows: new AccountRows(this.#packing), held: new Map(), files: [] }
  }

  async #read(files: readonly LedgerFile[]): Promise<Written> {
    const read: Written[] = []
    for (let i = 0; i < files.length; i += this.#readsInFlight) {
      const batch = files.slice(i, i + this.#readsInFlight).map((file) => this.#readFile(file))
      read.push(...(await Promise.all(batch)))
    }
    return {
      steps: inOrder(...read.map(({ steps }) => steps)),
      observations: read.flatMap(({ observations }) => observations),
      held: read.flatMap(({ held }) => held),
    }
  }

  async #readFile(file: LedgerFile): Promise<Written> {
    const none: Written = { steps: [], observations: [], held: [] }
    switch (file.dataset) {
      case 'decisions':
        return { ...none, steps: await this.#lake.read(decisions, file, knownDecisionColumns) }
      case 'links':
        return { ...none, steps: await this.#lake.read(links, file, knownLinkColumns) }
      case 'observations':
        return { ...none, observations: await this.#lake.read(observations, file, knownObservationColumns) }
      default:
        return { ...none, held: await this.#readHeld(file) }
    }
  }

  async #readHeld(file: LedgerFile): Promise<HeldLakeRow[]> {
    if (file.schemaVersion >= heldRows.version) return this.#lake.read(heldRows, file, heldColumns)
    return (await this.#lake.read(heldRowsV1, file, heldColumnsV1)).map((row) => ofVersion1(row, this.#idOf))
  }
}

const heldColumns = Object.keys(heldRows.columns) as (keyof typeof heldRows.columns)[]
const heldColumnsV1 = Object.keys(heldRowsV1.columns) as (keyof typeof heldRowsV1.columns)[]

const nameOf = ({ spaceId, accountId }: Account): string => `${spaceId}/${accountId}`

/** Whether `all` begins with `some`: a manifest only grows, unless another ledger took its place (a restored log). */
const follows = (all: readonly LedgerFile[], some: readonly LedgerFile[]): boolean =>
  some.every((file, i) => file.key === all[i]?.key)
