import { CompiledQuery, type Kysely } from 'kysely'
import type { BuildId } from '../projection-store.ts'
import type { Statement } from './read-model-sql.ts'

/** The pool, or one transaction of it. */
export type Queries = Pick<Kysely<unknown>, 'executeQuery'>
export type Found = Record<string, unknown>

export const rowsOf = async (queries: Queries, { sql, values }: Statement): Promise<Found[]> =>
  (await queries.executeQuery<Found>(CompiledQuery.raw(sql, values))).rows
export const changed = async (queries: Queries, { sql, values }: Statement): Promise<number> =>
  Number((await queries.executeQuery(CompiledQuery.raw(sql, values))).numAffectedRows ?? 0)

/** A build by its projection's name. `build` 1 unless told. */
export type Named = { readonly name: string; readonly version: number; readonly build?: number }

export const named = (name: string, { version, build }: BuildId): Named => ({ name, version, build })
export const buildOf = ({ version, build = 1 }: Named): BuildId => ({ version, build })
export const keyOf = ({ name, version, build = 1 }: Named): [string, number, number] => [name, version, build]

export const schemaOf = ({ name, version, build = 1 }: Named): string =>
  build === 1 ? `${name}_v${version}` : `${name}_v${version}_r${build}`

/** Held by whoever runs the build. */
export const lockOf = (build: Named): string => `projection ${schemaOf(build)}`

/** Until the transaction ends. */
export const lockTransaction = (transaction: Queries, name: string): Promise<Found[]> =>
  rowsOf(transaction, { sql: 'select pg_advisory_xact_lock(hashtextextended($1, 0))', values: [name] })

export type FoundColumn = { name: string; nullable: string; type: string }

/** As the database has them; none where the table is not there. */
export async function columnsOf(queries: Queries, schema: string, table: string): Promise<FoundColumn[]> {
  const found = await rowsOf(queries, {
    sql: `select column_name as name, is_nullable as nullable, data_type as type from information_schema.columns
      where table_schema = $1 and table_name = $2`,
    values: [schema, table],
  })
  return found.map(({ name, nullable, type }) => ({
    name: String(name),
    nullable: String(nullable),
    type: String(type),
  }))
}
