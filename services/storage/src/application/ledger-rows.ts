import type { LakeFile } from '@pf/contracts'
import {
  type KnownDecision,
  type KnownObservation,
  knownDecisionColumns,
  knownObservationColumns,
} from '../domain/known-rows.ts'
import { decisions, observations } from '../domain/lake.ts'
import type { Ledger } from '../domain/ledger.ts'
import { AccountRows, type RowPacking } from './account-rows.ts'
import type { Lake } from './ports.ts'

type Account = { spaceId: string; accountId: string }
type Entry = { rows: AccountRows; files: readonly LakeFile[] }

/**
 * The present rows of the accounts used last, folded from the files of their ledgers' manifests. What is missing is read
 * from the lake: all of it after a start, only the newest files where another replica wrote them.
 */
export class LedgerRows {
  readonly #lake: Lake
  readonly #packing: RowPacking
  readonly #maxBytes: number
  readonly #readsInFlight: number
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  constructor(options: { lake: Lake; packing: RowPacking; maxBytes?: number; readsInFlight?: number }) {
    this.#lake = options.lake
    this.#packing = options.packing
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024
    this.#readsInFlight = options.readsInFlight ?? 8
  }

  /** The account's rows as of exactly this ledger. */
  async of(account: Account, ledger: Ledger): Promise<AccountRows> {
    const held = this.#entries.get(nameOf(account))
    const entry = held && follows(ledger.files, held.files) ? held : this.#empty()
    const missing = ledger.files.slice(entry.files.length)
    if (missing.length > 0) {
      // Dropped while it is between two states: a read that fails must not leave half of one behind.
      this.forget(account)
      const [decided, observed] = await this.#read(missing)
      entry.rows.apply(decided, observed)
      entry.files = ledger.files
    }
    this.#hold(account, entry)
    return entry.rows
  }

  /** After an append: what was just written, without reading it back. `ledger`: the state after it. */
  advance(
    account: Account,
    ledger: Ledger,
    decided: readonly KnownDecision[],
    observed: readonly KnownObservation[],
  ): void {
    const entry = this.#entries.get(nameOf(account))
    if (entry === undefined) return
    this.forget(account)
    entry.rows.apply(decided, observed)
    entry.files = ledger.files
    this.#hold(account, entry)
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
    return { rows: new AccountRows(this.#packing), files: [] }
  }

  async #read(files: readonly LakeFile[]): Promise<[KnownDecision[], KnownObservation[]]> {
    const decided: KnownDecision[] = []
    const observed: KnownObservation[] = []
    for (let i = 0; i < files.length; i += this.#readsInFlight) {
      const batch = files.slice(i, i + this.#readsInFlight).map(async (file) => {
        if (file.dataset === 'decisions')
          for (const row of await this.#lake.read(decisions, file, knownDecisionColumns)) decided.push(row)
        else for (const row of await this.#lake.read(observations, file, knownObservationColumns)) observed.push(row)
      })
      await Promise.all(batch)
    }
    decided.sort((a, b) => Number(a.decision_seq - b.decision_seq))
    return [decided, observed]
  }
}

const nameOf = ({ spaceId, accountId }: Account): string => `${spaceId}/${accountId}`

/** Whether `all` begins with `some`: a manifest only grows, unless another ledger took its place (a restored log). */
const follows = (all: readonly LakeFile[], some: readonly LakeFile[]): boolean =>
  some.every((file, i) => file.key === all[i]?.key)
