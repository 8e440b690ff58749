import type { MikroORM } from '@mikro-orm/postgresql'
import type { EventLog } from '@pf/eventing'
import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { eventually } from '../../src/eventually.ts'
import { type TallyRow, tallies } from '../programs/tally.ts'
import { foldOf } from './ledger.ts'

/** The build that everybody reads; the newest where none is read. */
async function readBuild(orm: MikroORM) {
  const store = createPostgresProjectionStore(orm)
  const builds = await store.builds.list('tallies')
  const { version, build } = builds.find(({ state }) => state === 'read') ?? builds[0] ?? { version: 1, build: 1 }
  return await store.attach({ ...tallies(version), build })
}

export async function readRows(orm: MikroORM): Promise<TallyRow[]> {
  return await (await readBuild(orm)).reader().find({ where: {} })
}

export async function checkpointOf(orm: MikroORM): Promise<number> {
  return (await (await readBuild(orm)).checkpoint())?.seq ?? 0
}

/** The oracle of a projection: caught up with the log, its rows are the fold of the log. */
export async function expectRowsToBeTheFold(orm: MikroORM, log: EventLog, names: readonly string[]): Promise<void> {
  const { lastSeq } = await log.info('connection')
  await eventually(async () => {
    const seq = await checkpointOf(orm)
    if (seq >= lastSeq) return true
    throw new Error(`The projection has read up to ${seq}; the log ends at ${lastSeq}.`)
  }, 60_000)
  expect(await readRows(orm)).toEqual(await foldOf(log, names))
}
