import type { BuildId, HandingOver, ProjectionShape } from '../projection-store.ts'
import { advancing, type InTransaction } from './advancing.ts'
import { listBuilds, lockBuilds, setState } from './builds.ts'
import { compareBuilds } from './compare.ts'
import { buildOf, changed, keyOf, named, type Queries } from './queries.ts'
import { lockCheckpoint, raiseFence } from './repair.ts'

export function handOver<Row extends object, T>(
  inTransaction: InTransaction,
  projection: ProjectionShape<Row>,
  from: BuildId | undefined,
  work: (standing: HandingOver<Row>) => Promise<T>,
): Promise<T | 'moved'> {
  const { name } = projection
  const mine = buildOf(projection)
  return inTransaction(async (transaction) => {
    await lockBuilds(transaction, name)
    const read = (await listBuilds(transaction, name)).find(({ state }) => state === 'read')
    if (read?.version !== from?.version || read?.build !== from?.build) return 'moved'
    if (read) await lockCheckpoint(transaction, named(name, read))
    // Read again: it may have moved before it was locked.
    const builds = await listBuilds(transaction, name)
    const at = builds.find(({ state }) => state === 'read')?.checkpoint
    return work({
      at,
      candidate: await advancing(transaction, projection, (commit) => commit(transaction)),
      compare: () => {
        if (!read) throw new Error(`Nothing is read of ${name} yet: there is nothing to compare with.`)
        return compareBuilds(transaction, named(name, read), projection, at?.seq ?? 0)
      },
      keepApart: (comparison) => setState(transaction, name, mine, 'differs', comparison),
      async switch(comparison) {
        // Code of an older version reads its own and takes nothing away from the newer.
        if (read && read.version > mine.version) return setState(transaction, name, mine, 'retired', comparison)
        if (read) {
          await setState(transaction, name, read, 'retired')
          await raiseFence(transaction, named(name, read))
        }
        if (read && comparison) await takeOver(transaction, name, read, mine)
        await setState(transaction, name, mine, 'read', comparison)
      },
    })
  })
}

/** What was compared at one sequence stands at it, even where the last messages before it were erased. */
async function takeOver(transaction: Queries, name: string, from: BuildId, to: BuildId): Promise<void> {
  await changed(transaction, {
    sql: `update eventing.checkpoints c set stream = o.stream, stream_created_at = o.stream_created_at, seq = o.seq, event_id = o.event_id
      from eventing.checkpoints o
      where c.projection = $1 and c.version = $2 and c.build = $3 and o.projection = $1 and o.version = $4 and o.build = $5`,
    values: [...keyOf(named(name, to)), from.version, from.build],
  })
}
