import { createHash } from 'node:crypto'
import type { Operation } from '@pf/contracts'

/** Stands in a pattern where analytics' shard stands in a subject. */
const shardToken = '{shard}'

/** Every service answers it by itself, whichever replica hears it first. */
export const readyOperation = 'ready'

/** What a controller's method answers: `svc.<service>.<operation>`; analytics' has a place for the shard. */
export function patternOf({
  service,
  operation,
  anyReplica,
}: Pick<Operation, 'service' | 'operation' | 'anyReplica'>): string {
  return service === 'analytics' && anyReplica !== true
    ? `svc.analytics.${shardToken}.${operation}`
    : `svc.${service}.${operation}`
}

export const isReady = (pattern: string): boolean => pattern.endsWith(`.${readyOperation}`)
export const isSharded = (pattern: string): boolean => pattern.includes(shardToken)

/** The subjects that a replica which leases these shards listens to. */
export function subjectsOf(pattern: string, shards: readonly string[]): string[] {
  return isSharded(pattern) ? shards.map((shard) => pattern.replace(shardToken, shard)) : [pattern]
}

/** Which shard holds a space's mart: `'0'` … `String(shards - 1)`. */
export function shardOf(spaceId: string, shards = 1): string {
  return String(createHash('sha256').update(spaceId).digest().readUInt32BE(0) % shards)
}

/** Who may ask a service may cancel there, and no other service hears of it. */
export const cancelSubject = (service: string, requestId: string): string => `svc.${service}.cancel.${requestId}`
/** Heard by every replica: the request is one's, whose is not known. */
export const anyCancel = (service: string): string => `svc.${service}.cancel.*`
