import type { MikroORM } from '@mikro-orm/postgresql'
import type { EventLog } from '@pf/eventing'
import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { eventually } from '../../src/eventually.ts'
import { type TallyRow, tallies } from '../programs/tally.ts'
import { foldOf } from './ledger.ts'

export async function rowsOf(orm: MikroORM, version = 1): Promise<TallyRow[]> {
  const attached = await createPostgresProjectionStore(orm).attach(tallies(version))
  return await attached.reader().find({ where: {} })
}

export async function checkpointOf(orm: MikroORM, version = 1): Promise<number> {
  const attached = await createPostgresProjectionStore(orm).attach(tallies(version))
  return (await attached.checkpoint())?.seq ?? 0
}

/** The oracle of a projection: caught up with the log, its rows are the fold of the log. */
export async function expectRowsToBeTheFold(
  orm: MikroORM,
  log: EventLog,
  names: readonly string[],
  version = 1,
): Promise<void> {
  const { lastSeq } = await log.info('connection')
  await eventually(async () => {
    const seq = await checkpointOf(orm, version)
    if (seq >= lastSeq) return true
    throw new Error(`The projection has read up to ${seq}; the log ends at ${lastSeq}.`)
  }, 60_000)
  expect(await rowsOf(orm, version)).toEqual(await foldOf(log, names))
}
