import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type Context, contexts } from '@pf/contracts'
import { snapshotStreamOf, streamOf } from '@pf/eventing/jetstream'
import { vaultTablesInUse } from '@pf/vault/postgres'
import type { Installation } from '../installation.ts'
import { BackupRefused } from './refusals.ts'

/**
 * Throws BackupRefused (`target_not_empty`) where anything lies in the stores that a restore would write over or mix with.
 * Answers the streams that are there and never held a message.
 */
export async function assertEmpty(installation: Installation, withObjects: boolean): Promise<Context[]> {
  const jsm = await jetstreamManager(await installation.nats())
  const found: string[] = []
  const made: Context[] = []
  for (const context of contexts) {
    const lastSeqOf = (stream: string) => jsm.streams.info(stream).then(({ state }) => state.last_seq, isMissing)
    const lastSeq = await lastSeqOf(streamOf(context))
    // Of other messages at the same sequences: it would tell lies about these.
    if (((await lastSeqOf(snapshotStreamOf(context))) ?? 0) > 0) found.push(`stream ${snapshotStreamOf(context)}`)
    if (lastSeq === undefined) continue
    made.push(context)
    if (lastSeq > 0) found.push(`stream ${streamOf(context)}`)
  }
  const orm = await installation.database()
  found.push(...(await vaultTablesInUse(orm)).map((table) => `table vault.${table}`))
  for (const table of ['checkpoints', 'dead_letters']) {
    const [read] = await orm.em
      .fork()
      .execute<{ any: boolean }[]>(`select exists (select 1 from eventing.${table}) as any`)
    if (read?.any === true) found.push(`table eventing.${table}`)
  }
  for (const prefix of withObjects ? ['raw/', 'lake/'] : []) {
    for await (const { key } of installation.objects().list(prefix)) {
      found.push(`object ${key}`)
      break
    }
  }
  if (found.length === 0) return made
  throw new BackupRefused(
    'target_not_empty',
    `A backup is restored into an empty installation only, and this one has ${found.join(', ')}. ` +
      'Name another one (PF_DATA_DIR, or NATS_URL, DATABASE_URL and OBJECT_STORE_URL), or move these out of the way.',
  )
}

export async function deleteIfThere(jsm: JetStreamManager, context: Context): Promise<void> {
  await jsm.streams.delete(streamOf(context)).catch(isMissing)
}

function isMissing(error: unknown): undefined {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined
  throw error
}
