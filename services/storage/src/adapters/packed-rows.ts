import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { RowPacking } from '../application/account-rows.ts'
import type { KnownRow } from '../domain/known-rows.ts'

/** The fields of a row in their order, without their names, which would be a third of the text. */
type Packed = readonly [
  transactionId: string,
  /** Most views are their payment's own: only a linked one names itself. */
  viewId: string | null,
  observationId: string,
  source: string,
  status: KnownRow['status'],
  date: string,
  dateTime: string | null,
  amountMinor: string,
  currency: string,
  tid: string | null,
  iid: string | null,
  fp: string,
  description: string,
  counterparty: string | null,
  flags: readonly string[],
  contentHash: string,
]

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

const packed = (row: KnownRow): Packed => [
  row.transactionId,
  row.linked ? row.viewId : null,
  row.observationId,
  row.source,
  row.status,
  row.date,
  row.dateTime ?? null,
  String(row.amountMinor),
  row.currency,
  row.tid ?? null,
  row.iid ?? null,
  row.fp,
  row.description,
  row.counterparty,
  row.flags,
  row.contentHash,
]

/** Every field is there, also where nothing is known of it: rows of one shape are read faster. */
function unpacked([
  transactionId,
  viewId,
  observationId,
  source,
  status,
  date,
  dateTime,
  amountMinor,
  currency,
  tid,
  iid,
  fp,
  description,
  counterparty,
  flags,
  contentHash,
]: Packed): KnownRow {
  return {
    transactionId,
    viewId: viewId ?? transactionId,
    linked: viewId !== null,
    observationId,
    source,
    status,
    date,
    dateTime: dateTime ?? undefined,
    amountMinor: BigInt(amountMinor),
    currency,
    tid: tid ?? undefined,
    iid: iid ?? undefined,
    fp,
    description,
    counterparty,
    flags,
    contentHash,
  }
}

/** Rows as zstd over JSON: less than 100 bytes a row. */
export const packedRows: RowPacking = {
  pack: (rows) => zstdCompressSync(JSON.stringify(rows.map(packed)), fast),
  unpack: (bytes) => (JSON.parse(zstdDecompressSync(bytes).toString('utf8')) as Packed[]).map(unpacked),
}

/**
 * The same, with the months opened last kept open, at most `maxRows` of them in all: a sync opens what the one before it
 * opened or wrote, and unpacking was a third of its time. Rows are never changed by who has them.
 */
export function keptOpen(packing: RowPacking, maxRows: number): RowPacking {
  /** Least recently used first. A month that was written anew has new bytes; the old ones leave in their turn. */
  const open = new Map<Uint8Array, readonly KnownRow[]>()
  let held = 0

  function keep(bytes: Uint8Array, rows: readonly KnownRow[]): void {
    held += rows.length - (open.get(bytes)?.length ?? 0)
    open.delete(bytes)
    open.set(bytes, rows)
    for (const [oldest, { length }] of open) {
      if (held <= maxRows) break
      open.delete(oldest)
      held -= length
    }
  }

  return {
    pack(rows) {
      const bytes = packing.pack(rows)
      keep(bytes, rows)
      return bytes
    },
    unpack(bytes) {
      const rows = open.get(bytes) ?? packing.unpack(bytes)
      keep(bytes, rows)
      return [...rows]
    },
  }
}

/**
 * Rows as they are, some 300 bytes each: for who works through one account's whole history and then drops it. Packing each month
 * anew for each sync was a fifth of a replay.
 */
export function rowsAsTheyAre(): RowPacking {
  const rowsOf = new WeakMap<Uint8Array, readonly KnownRow[]>()
  return {
    pack(rows) {
      const name = new Uint8Array(0)
      rowsOf.set(name, rows)
      return name
    },
    unpack: (name) => [...(rowsOf.get(name) ?? [])],
  }
}
