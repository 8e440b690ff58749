import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { RowPacking } from '../application/account-rows.ts'
import type { KnownRow } from '../domain/known-rows.ts'

type Packed = Omit<KnownRow, 'amountMinor'> & { amountMinor: string }

/** Rows as zstd over JSON. */
export const packedRows: RowPacking = {
  pack: (rows) =>
    zstdCompressSync(JSON.stringify(rows.map((row): Packed => ({ ...row, amountMinor: String(row.amountMinor) })))),
  unpack: (bytes) =>
    (JSON.parse(zstdDecompressSync(bytes).toString('utf8')) as Packed[]).map((row) => ({
      ...row,
      amountMinor: BigInt(row.amountMinor),
    })),
}
