import type { Rest } from '@pf/contracts'
import { encodePosition } from '@pf/eventing'
import type { Query } from './ports.ts'

/** What a snapshot is of: the marts ask it once for all who do (mart-file.ts). */
export const martState = 'select storage_seq, built_at, changes from mart.meta.state'

/** Up to where the log is in the marts, and since when. */
export async function asOf(ask: Query): Promise<Rest.AsOf> {
  const [row] = await ask(martState)
  const builtAt = row?.['built_at']
  return {
    log_position: encodePosition({ storage: Number(row?.['storage_seq'] ?? 0) }),
    built_at: builtAt instanceof Date ? builtAt.toISOString() : null,
  }
}

/** Of a space in which nothing was ever stored. */
export const neverBuilt: Rest.AsOf = { log_position: encodePosition({ storage: 0 }), built_at: null }
