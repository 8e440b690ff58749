import type { ReaderPool } from './duckdb.ts'
import type { Model, Models } from './models.ts'

/**
 * Makes every model anew of all that is loaded, for marts that nobody asks yet: each in a transaction of its own as soon as what
 * it reads is there, several at a time. Within one transaction a model would be written twice, and what reads it would wait for
 * a copy without statistics. Repeating it changes nothing, so that a kill in the middle costs what was made.
 */
export async function buildModels(connections: ReaderPool, { models }: Models): Promise<void> {
  const made = new Map<string, Promise<void>>()
  for (const model of models) {
    const read = models.filter((other) => other !== model && model.full.includes(compiledName(other)))
    made.set(
      model.name,
      Promise.all(read.map(({ name }) => made.get(name))).then(() =>
        connections.use(async (connection) => {
          await connection.run(`create or replace ${kindOf(model)} ${model.relation} as ${model.full}`)
        }),
      ),
    )
  }
  // Nothing may run on when the file is closed for what went wrong first.
  for (const one of await Promise.allSettled(made.values())) if (one.status === 'rejected') throw one.reason
}

export const kindOf = ({ refresh }: Model): 'view' | 'table' => (refresh === 'view' ? 'view' : 'table')

/** As dbt writes it into the SQL of what reads it. */
const compiledName = ({ relation }: Model): string =>
  relation
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')
