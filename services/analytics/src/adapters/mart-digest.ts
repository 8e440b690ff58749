import { createHash } from 'node:crypto'
import type { Query } from '../application/ports.ts'
import type { Models } from './models.ts'

/**
 * SHA-256 over the sorted canonical rows of each model, by its name: equal where two mart files say the same, whatever order
 * their rows were written in. Canonical: columns by name, every value as text; nothing in a model says when it was built.
 */
export async function digestsOf(query: Query, { models }: Models): Promise<Record<string, string>> {
  const digests: Record<string, string> = {}
  for (const { name, relation } of models) digests[name] = await digestOf(query, relation)
  return digests
}

async function digestOf(query: Query, relation: string): Promise<string> {
  const described = await query(`select column_name from (describe ${relation}) order by column_name`)
  const columns = described.map((row) => `coalesce(cast("${row['column_name']}" as varchar), '\\N')`)
  const rows = await query(`select concat_ws('\t', ${columns.join(', ')}) as line from ${relation} order by line`)
  const hash = createHash('sha256')
  for (const { line } of rows) hash.update(`${line}\n`)
  return `${rows.length} rows, ${hash.digest('hex')}`
}
