import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { RowPacking } from '../application/account-rows.ts'
import type { KnownRow } from '../domain/known-rows.ts'

type Packed = Omit<KnownRow, 'amountMinor'> & { amountMinor: string }

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Rows as zstd over JSON: about 100 bytes a row. */
export const packedRows: RowPacking = {
  pack: (rows) =>
    zstdCompressSync(
      JSON.stringify(rows.map((row): Packed => ({ ...row, amountMinor: String(row.amountMinor) }))),
      fast,
    ),
  unpack: (bytes) =>
    (JSON.parse(zstdDecompressSync(bytes).toString('utf8')) as Packed[]).map((row) => ({
      ...row,
      amountMinor: BigInt(row.amountMinor),
    })),
}
