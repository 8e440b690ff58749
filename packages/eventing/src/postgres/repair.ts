import type { ProjectionShape, Repair, Repairing } from '../projection-store.ts'
import { type InTransaction, readRows } from './advancing.ts'
import { changed, keyOf, type Named, type Queries, rowsOf, schemaOf } from './queries.ts'
import { readModelSql } from './read-model-sql.ts'

/** The locked checkpoint lets no batch be committed meanwhile; the raised fence makes the runner read anew. */
export function repair<Row extends object>(
  inTransaction: InTransaction,
  projection: ProjectionShape<Row>,
  subject: string,
  fold: (parked: Repairing<Row>) => Promise<Repair<Row>>,
): Promise<'healed' | 'still parked' | 'not parked'> {
  const sql = readModelSql(projection.table, schemaOf(projection))
  return inTransaction(async (transaction) => {
    const upToSeq = await lockCheckpoint(transaction, projection)
    const where = 'projection = $1 and version = $2 and build = $3 and subject = $4'
    const values = [...keyOf(projection), subject]
    const first = await rowsOf(transaction, {
      sql: `select min(seq) as seq from eventing.quarantine where ${where}`,
      values,
    })
    const firstSeq = Number(first[0]?.['seq'] ?? 0)
    if (firstSeq === 0) return 'not parked'
    const verdict = await fold({ firstSeq, upToSeq, rows: readRows(transaction, projection) })
    if ('reason' in verdict) {
      await changed(transaction, {
        sql: `update eventing.quarantine set retry_asked_at = null,
          reason = case when seq = $5 then $6 else reason end where ${where}`,
        values: [...values, firstSeq, verdict.reason.replaceAll('\u0000', '')],
      })
      return 'still parked'
    }
    if (verdict.drops.length > 0) await changed(transaction, sql.drop(verdict.drops))
    if (verdict.puts.length > 0) await changed(transaction, sql.put(verdict.puts))
    await changed(transaction, { sql: `delete from eventing.quarantine where ${where}`, values })
    await raiseFence(transaction, projection)
    return 'healed'
  })
}

/** Its sequence; until the transaction ends nobody moves it. */
export async function lockCheckpoint(transaction: Queries, build: Named): Promise<number> {
  const [found] = await rowsOf(transaction, {
    sql: 'select seq from eventing.checkpoints where projection = $1 and version = $2 and build = $3 for update',
    values: keyOf(build),
  })
  return Number(found?.['seq'] ?? 0)
}

export async function raiseFence(transaction: Queries, build: Named): Promise<void> {
  await changed(transaction, {
    sql: 'update eventing.checkpoints set fence = fence + 1 where projection = $1 and version = $2 and build = $3',
    values: keyOf(build),
  })
}
