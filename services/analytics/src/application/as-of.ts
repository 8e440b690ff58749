import type { Rest } from '@pf/contracts'
import { encodePosition } from '@pf/eventing'
import type { Query } from './ports.ts'

/** Up to where the log is in the marts, and since when. */
export async function asOf(ask: Query): Promise<Rest.AsOf> {
  const [row] = await ask('select storage_seq, built_at from mart.meta.state')
  const builtAt = row?.['built_at']
  return {
    log_position: encodePosition({ storage: Number(row?.['storage_seq'] ?? 0) }),
    built_at: builtAt instanceof Date ? builtAt.toISOString() : null,
  }
}

/** Of a space in which nothing was ever stored. */
export const neverBuilt: Rest.AsOf = { log_position: encodePosition({ storage: 0 }), built_at: null }
