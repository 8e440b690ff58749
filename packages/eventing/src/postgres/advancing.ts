import { type Advancing, type Checkpoint, Fenced, type ProjectionShape } from '../projection-store.ts'
import { checkpointOf } from './builds.ts'
import { changed, type Found, keyOf, type Named, type Queries, rowsOf, schemaOf } from './queries.ts'
import { readModelSql, type Statement } from './read-model-sql.ts'

export type InTransaction = <T>(work: (transaction: Queries) => Promise<T>) => Promise<T>

// What `row_to_json` prints of a table is a row of that table.
export const parseRows = <Row extends object>(rows: readonly Found[]): Row[] =>
  rows.map(({ row }): Row => JSON.parse(String(row)))

export const readCheckpoint = async (queries: Queries, build: Named): Promise<Checkpoint | undefined> =>
  checkpointOf(await checkpointRow(queries, build))

async function checkpointRow(queries: Queries, build: Named): Promise<Found | undefined> {
  const [found] = await rowsOf(queries, {
    sql: `select stream, stream_created_at, seq, event_id, fence from eventing.checkpoints
      where projection = $1 and version = $2 and build = $3`,
    values: keyOf(build),
  })
  return found
}

/** `inTransaction`: of its own for each batch, or the one that it is part of. The fence is the one found now. */
export async function advancing<Row extends object>(
  queries: Queries,
  projection: ProjectionShape<Row>,
  inTransaction: InTransaction,
): Promise<Advancing<Row>> {
  const { table } = projection
  const sql = readModelSql(table, schemaOf(projection))
  const fence = Number((await checkpointRow(queries, projection))?.['fence'] ?? 0)
  return {
    checkpoint: () => readCheckpoint(queries, projection),
    rows: readRows(queries, projection),
    commit: ({ from, to, puts, drops, quarantined }) =>
      inTransaction(async (transaction) => {
        const moved = await changed(transaction, moveStatement(projection, from, to, fence))
        if (moved !== 1) throw new Fenced(schemaOf(projection))
        if (drops.length > 0) await changed(transaction, sql.drop(drops))
        if (puts.length > 0) await changed(transaction, sql.put(puts))
        if (quarantined.length > 0) await changed(transaction, quarantineStatement(projection, quarantined))
      }),
    async parked() {
      const found = await rowsOf(queries, {
        sql: `select distinct subject from eventing.quarantine where projection = $1 and version = $2 and build = $3`,
        values: keyOf(projection),
      })
      return new Set(found.map(({ subject }) => String(subject)))
    },
  }
}

export function readRows<Row extends object>(
  queries: Queries,
  projection: ProjectionShape<Row>,
): (keys: readonly Partial<Row>[]) => Promise<Row[]> {
  const sql = readModelSql(projection.table, schemaOf(projection))
  return async (keys) => (keys.length === 0 ? [] : parseRows<Row>(await rowsOf(queries, sql.rows(keys))))
}

/** Changes one row where the checkpoint is still `from` and nobody interfered, none otherwise: the fence. */
function moveStatement(build: Named, from: Checkpoint | undefined, to: Checkpoint, fence: number): Statement {
  return {
    sql: `update eventing.checkpoints set stream = $4, stream_created_at = $5, seq = $6, event_id = $7, moved_at = now()
      where projection = $1 and version = $2 and build = $3 and seq = $8 and event_id = $9 and fence = $10`,
    values: [
      ...keyOf(build),
      to.stream,
      to.streamCreatedAt,
      to.seq,
      to.eventId,
      from?.seq ?? 0,
      from?.eventId ?? '',
      fence,
    ],
  }
}

function quarantineStatement(
  build: Named,
  quarantined: readonly { subject: string; seq: number; eventId: string; reason: string }[],
): Statement {
  return {
    sql: `insert into eventing.quarantine (projection, version, build, subject, seq, event_id, reason)
      select $1, $2, $3, subject, seq, "eventId", reason
      from jsonb_to_recordset($4::jsonb) as given(subject text, seq bigint, "eventId" text, reason text)
      on conflict do nothing`,
    values: [...keyOf(build), JSON.stringify(quarantined).replaceAll('\\u0000', '')],
  }
}
