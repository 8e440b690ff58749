import type { MikroORM } from '@mikro-orm/postgresql'
import { CompiledQuery, type Kysely } from 'kysely'
import type { Timing } from '../ports.ts'
import {
  type AttachedProjection,
  type Checkpoint,
  Fenced,
  type OpenProjection,
  type ProjectionShape,
  type ProjectionStore,
} from '../projection.ts'
import { systemTiming } from '../system.ts'
import { eraseRows } from './erase-rows.ts'
import { createLocks } from './locks.ts'
import { readModelSql, type Statement } from './read-model-sql.ts'

/** The table of a version is not the one declared: its columns changed and its version did not. */
export class TableDiffers extends Error {
  constructor(schema: string, table: string) {
    super(`Table ${schema}.${table} has other columns than its projection declares. Raise the projection's version.`)
    this.name = 'TableDiffers'
  }
}

type Queries = Pick<Kysely<unknown>, 'executeQuery'>
const rowsOf = async (queries: Queries, { sql, values }: Statement): Promise<Record<string, unknown>[]> =>
  (await queries.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, values))).rows
const changed = async (queries: Queries, { sql, values }: Statement): Promise<number> =>
  Number((await queries.executeQuery(CompiledQuery.raw(sql, values))).numAffectedRows ?? 0)

/**
 * Read models in Postgres: version n of a projection is the schema `<projection>_v<n>`, made here; its checkpoint and its
 * quarantine stand in schema `eventing` (`eventingMigrations`) and move with the rows in one transaction.
 */
export function createPostgresProjectionStore(
  orm: MikroORM,
  { timing = systemTiming }: { timing?: Timing } = {},
): ProjectionStore {
  const database = orm.driver.getConnection().getClient<unknown>()
  const locks = createLocks(database, timing)
  return {
    async attach(projection) {
      await createTable(database, projection)
      return attached(database, projection)
    },
    async open(projection, signal) {
      await createTable(database, projection)
      const unlock = await locks.acquire(`projection ${schemaOf(projection)}`, signal)
      return opened(database, projection, unlock)
    },
    erase: (projection, of) => eraseRows(database, projection, of),
  }
}

const schemaOf = ({ name, version }: { name: string; version: number }): string => `${name}_v${version}`

/** Under a lock of its own: `if not exists` alone lets two that start at once collide in the catalog. */
async function createTable<Row extends object>(
  database: Kysely<unknown>,
  projection: ProjectionShape<Row>,
): Promise<void> {
  const schema = schemaOf(projection)
  const sql = readModelSql(projection.table, schema)
  await database.transaction().execute(async (transaction) => {
    await rowsOf(transaction, {
      sql: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
      values: [`schema ${schema}`],
    })
    for (const statement of sql.create()) await rowsOf(transaction, { sql: statement, values: [] })
    const found = await rowsOf(transaction, sql.columns())
    const print = (columns: readonly object[]) =>
      columns
        .map((column) => JSON.stringify(column))
        .sort()
        .join()
    if (print(found) !== print(sql.shape())) throw new TableDiffers(schema, projection.table.name)
  })
}

function attached<Row extends object>(
  database: Kysely<unknown>,
  projection: ProjectionShape<Row>,
): AttachedProjection<Row> {
  const sql = readModelSql(projection.table, schemaOf(projection))
  return {
    checkpoint: () => readCheckpoint(database, projection),
    reader: () => ({ find: async (options) => parseRows<Row>(await rowsOf(database, sql.find(options))) }),
  }
}

// What `row_to_json` prints of a table is a row of that table.
const parseRows = <Row extends object>(rows: readonly Record<string, unknown>[]): Row[] =>
  rows.map(({ row }): Row => JSON.parse(String(row)))

async function readCheckpoint(
  queries: Queries,
  { name, version }: { name: string; version: number },
): Promise<Checkpoint | undefined> {
  const [found] = await rowsOf(queries, {
    sql: 'select stream, stream_created_at, seq, event_id from eventing.checkpoints where projection = $1 and version = $2',
    values: [name, version],
  })
  if (!found) return undefined
  return {
    stream: String(found['stream']),
    streamCreatedAt: String(found['stream_created_at']),
    seq: Number(found['seq']),
    eventId: String(found['event_id']),
  }
}

function opened<Row extends object>(
  database: Kysely<unknown>,
  projection: ProjectionShape<Row>,
  unlock: () => Promise<void>,
): OpenProjection<Row> {
  const { name, version, table } = projection
  const sql = readModelSql(table, schemaOf(projection))
  return {
    ...attached(database, projection),
    rows: async (keys) => (keys.length === 0 ? [] : parseRows<Row>(await rowsOf(database, sql.rows(keys)))),
    commit: ({ from, to, puts, drops, quarantined }) =>
      database.transaction().execute(async (transaction) => {
        const moved = await changed(transaction, moveStatement(projection, from, to))
        if (moved !== 1) throw new Fenced(schemaOf(projection))
        if (drops.length > 0) await changed(transaction, sql.drop(drops))
        if (puts.length > 0) await changed(transaction, sql.put(puts))
        if (quarantined.length > 0) await changed(transaction, quarantineStatement(projection, quarantined))
      }),
    async parked() {
      const found = await rowsOf(database, {
        sql: 'select distinct subject from eventing.quarantine where projection = $1 and version = $2',
        values: [name, version],
      })
      return new Set(found.map(({ subject }) => String(subject)))
    },
    close: unlock,
  }
}

/** Changes one row where the checkpoint is still `from`, none otherwise: the fence. */
function moveStatement(
  { name, version }: { name: string; version: number },
  from: Checkpoint | undefined,
  to: Checkpoint,
): Statement {
  const values = [name, version, to.stream, to.streamCreatedAt, to.seq, to.eventId]
  if (!from) {
    return {
      sql: `insert into eventing.checkpoints (projection, version, stream, stream_created_at, seq, event_id)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
      values,
    }
  }
  return {
    sql: `update eventing.checkpoints set stream = $3, stream_created_at = $4, seq = $5, event_id = $6, moved_at = now()
      where projection = $1 and version = $2 and seq = $7 and event_id = $8`,
    values: [...values, from.seq, from.eventId],
  }
}

function quarantineStatement(
  { name, version }: { name: string; version: number },
  quarantined: readonly { subject: string; seq: number; eventId: string; reason: string }[],
): Statement {
  return {
    sql: `insert into eventing.quarantine (projection, version, subject, seq, event_id, reason)
      select $1, $2, subject, seq, "eventId", reason
      from jsonb_to_recordset($3::jsonb) as given(subject text, seq bigint, "eventId" text, reason text)
      on conflict do nothing`,
    values: [name, version, JSON.stringify(quarantined).replaceAll('\\u0000', '')],
  }
}
