import type { Query } from '../application/ports.ts'
import type { Models } from './models.ts'

export type Digest = { rows: number; digest: string }

/** Of each model, by its name. */
export async function digestsOf(query: Query, { models }: Models): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const { name, relation } of models) {
    const { rows, digest } = await digestOf(query, relation)
    digests[name] = `${rows} rows, ${digest}`
  }
  return digests
}

/**
 * Equal where two relations say the same, whatever order their rows and columns were written in: SHA-256 over the sorted
 * SHA-256 of each canonical row (columns by name, every value as text), so that 64 bytes a row are held, whatever its width.
 * Nothing in a model says when it was built.
 */
export async function digestOf(query: Query, relation: string): Promise<Digest> {
  const described = await query(`select column_name from (describe ${relation}) order by column_name`)
  const columns = described.map((row) => `coalesce(cast("${row['column_name']}" as varchar), '\\N')`)
  const [row] = await query(`
    select count(*) as rows, sha256(coalesce(string_agg(hash, '' order by hash), '')) as digest
    from (select sha256(concat_ws('\t', ${columns.join(', ')})) as hash from ${relation})`)
  return { rows: Number(row?.['rows']), digest: String(row?.['digest']) }
}

/**
 * Equal where two marts of the same models hold the same rows, in a twentieth of the time: the sums of two hashes of each row,
 * which no order changes. For two files beside each other: DuckDB's own hash is none to keep.
 */
export async function fingerprintOf(query: Query, relation: string): Promise<Digest> {
  const described = await query(`select column_name from (describe ${relation}) order by column_name`)
  const columns = described.map((row) => `"${row['column_name']}"`)
  const [row] = await query(`
    select rows, sha256(concat_ws(' ', rows, one, other)) as digest
    from (
      select
        count(*) as rows,
        sum(hash(${columns.join(', ')})) as one,
        sum(hash('other', ${columns.toReversed().join(', ')})) as other
      from ${relation}
    )`)
  return { rows: Number(row?.['rows']), digest: String(row?.['digest']) }
}
