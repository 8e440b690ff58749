import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { RowPacking } from '../application/account-rows.ts'
import type { KnownRow } from '../domain/known-rows.ts'

type Packed = Omit<KnownRow, 'amountMinor' | 'viewId' | 'linked'> & { amountMinor: string; viewId?: string }

const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Most views are their payment's own: only a linked one names itself. */
function packed({ viewId, linked, ...row }: KnownRow): Packed {
  return { ...row, amountMinor: String(row.amountMinor), ...(linked ? { viewId } : {}) }
}

function unpacked({ viewId, ...row }: Packed): KnownRow {
  return {
    ...row,
    viewId: viewId ?? row.transactionId,
    linked: viewId !== undefined,
    amountMinor: BigInt(row.amountMinor),
  }
}

/** Rows as zstd over JSON: about 100 bytes a row. */
export const packedRows: RowPacking = {
  pack: (rows) => zstdCompressSync(JSON.stringify(rows.map(packed)), fast),
  unpack: (bytes) => (JSON.parse(zstdDecompressSync(bytes).toString('utf8')) as Packed[]).map(unpacked),
}
