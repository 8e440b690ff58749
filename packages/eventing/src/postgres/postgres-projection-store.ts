import type { MikroORM } from '@mikro-orm/postgresql'
import type { Kysely } from 'kysely'
import type { Timing } from '../ports.ts'
import {
  type AttachedProjection,
  BuildGone,
  type ProjectionShape,
  type ProjectionStore,
  type RowReader,
} from '../projection-store.ts'
import { systemTiming } from '../system.ts'
import { advancing, type InTransaction, parseRows, readCheckpoint } from './advancing.ts'
import { createBuilds, startCheckpoint } from './builds.ts'
import { eraseRows } from './erase-rows.ts'
import { handOver } from './hand-over.ts'
import { createLocks } from './locks.ts'
import { buildOf, columnsOf, lockOf, lockTransaction, type Queries, rowsOf, schemaOf } from './queries.ts'
import { readModelSql, snakeCase } from './read-model-sql.ts'
import { repair } from './repair.ts'

/** The table of a build is not the one declared: its columns changed and its version did not. */
export class TableDiffers extends Error {
  constructor(schema: string, table: string) {
    super(`Table ${schema}.${table} has other columns than its projection declares. Raise the projection's version.`)
    this.name = 'TableDiffers'
  }
}

/**
 * Read models in Postgres: each build of a projection is a schema (`schemaOf`), made here; its checkpoint and its quarantine
 * stand in schema `eventing` (`eventingMigrations`) and move with the rows in one transaction.
 */
export function createPostgresProjectionStore(
  orm: MikroORM,
  { timing = systemTiming }: { timing?: Timing } = {},
): ProjectionStore {
  const database = orm.driver.getConnection().getClient<unknown>()
  const locks = createLocks(database, timing)
  const inTransaction: InTransaction = (work) => database.transaction().execute(work)
  return {
    builds: createBuilds(database, timing),
    async attach(projection) {
      await createTable(database, projection)
      return attached(database, projection)
    },
    async open(projection, signal) {
      await createTable(database, projection)
      const unlock = await locks.acquire(lockOf(projection), signal)
      try {
        return {
          ...attached(database, projection),
          ...(await advancing(database, projection, inTransaction)),
          close: unlock,
        }
      } catch (error) {
        await unlock()
        throw error
      }
    },
    reader: (projection) => readerOf(database, projection),
    erase: (projection, of) => eraseRows(database, projection, of),
    repair: (projection, subject, fold) => repair(inTransaction, projection, subject, fold),
    handOver: (projection, from, work) => handOver(inTransaction, projection, from, work),
  }
}

/** Under a lock of its own: `if not exists` alone lets two that start at once collide in the catalog. */
async function createTable<Row extends object>(
  database: Kysely<unknown>,
  projection: ProjectionShape<Row>,
): Promise<void> {
  const schema = schemaOf(projection)
  const { name } = projection.table
  const sql = readModelSql(projection.table, schema)
  await database.transaction().execute(async (transaction) => {
    await lockTransaction(transaction, `schema ${schema}`)
    // Before the table, as every batch does: who comes the other way round waits for ever.
    await startCheckpoint(transaction, projection.name, buildOf(projection))
    for (const statement of sql.create()) await rowsOf(transaction, { sql: statement, values: [] })
    const found = await columnsOf(transaction, schema, snakeCase(name))
    const print = (columns: readonly object[]) =>
      columns
        .map((column) => JSON.stringify(column))
        .sort()
        .join()
    if (print(found) !== print(sql.shape())) throw new TableDiffers(schema, name)
  })
}

function attached<Row extends object>(
  database: Kysely<unknown>,
  projection: ProjectionShape<Row>,
): AttachedProjection<Row> {
  return {
    checkpoint: () => readCheckpoint(database, projection),
    reader: () => rowReader(database, projection),
  }
}

function rowReader<Row extends object>(queries: Queries, projection: ProjectionShape<Row>): RowReader<Row> {
  const schema = schemaOf(projection)
  const sql = readModelSql(projection.table, schema)
  return {
    async find(options) {
      try {
        return parseRows<Row>(await rowsOf(queries, sql.find(options)))
      } catch (error) {
        throw isMissing(error) ? new BuildGone(schema, error) : error
      }
    },
  }
}

/** SQLSTATE undefined_table, invalid_schema_name. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '42P01' || error.code === '3F000')

async function readerOf<Row extends object>(
  database: Kysely<unknown>,
  projection: ProjectionShape<Row>,
): Promise<RowReader<Row> | undefined> {
  const { table } = projection
  const found = await columnsOf(database, schemaOf(projection), snakeCase(table.name))
  const has = (wanted: { name: string; nullable: string; type: string }) =>
    found.some(
      ({ name, nullable, type }) =>
        name === wanted.name && type === wanted.type && (nullable === wanted.nullable || nullable === 'NO'),
    )
  const isReadable = readModelSql(table, schemaOf(projection)).shape().every(has)
  return isReadable ? rowReader(database, projection) : undefined
}
