import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { createMemoryLog } from '../memory/index.ts'
import { systemClock } from '../system.ts'
import {
  describeDeadLetters,
  describeLeases,
  describeProjections,
  startPostgres,
  type TestPostgres,
} from '../testing/index.ts'
import { createPostgresDeadLetters } from './dead-letters.ts'
import { createPostgresLeases } from './leases.ts'
import { eventingMigrations } from './migrations.ts'
import { createPostgresProjectionStore, TableDiffers } from './postgres-projection-store.ts'

let postgres: TestPostgres
const orms: MikroORM[] = []

async function openOrm(): Promise<MikroORM> {
  const orm = await MikroORM.init({
    clientUrl: postgres.url,
    entities: [],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: eventingMigrations, snapshot: false },
    logger: () => undefined,
  })
  orms.push(orm)
  return orm
}

beforeAll(async () => {
  postgres = await startPostgres()
  await (await openOrm()).migrator.up()
  for (let i = 0; i < 3; i++) await openOrm()
}, 120_000)
afterAll(async () => {
  await Promise.all(orms.map((orm) => orm.close(true)))
  await postgres?.stop()
}, 30_000)

let next = 0
describeDeadLetters('Postgres', () => createPostgresDeadLetters(orms[next++ % orms.length]!))

describeLeases('the Postgres', () => createPostgresLeases(orms[next++ % orms.length]!))

it('a lease is lost with its session, and its holder learns of it', async () => {
  const signal = new AbortController().signal
  const [mine, theirs] = [orms[0]!, orms[1]!]
  const lease = await createPostgresLeases(mine).acquire('shard', signal)
  const waiting = createPostgresLeases(theirs).acquire('shard', signal)
  const lost = new Promise((resolve) => lease.lost.addEventListener('abort', resolve))
  await theirs.em.fork().execute(`
    select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()`)
  await (await waiting).release()
  await lost
  await lease.release()
}, 60_000)

describeProjections('the Postgres store', async () => ({
  another: () => createPostgresProjectionStore(orms[next++ % orms.length]!),
  log: createMemoryLog({ clock: systemClock }),
  close: async () => {},
}))

type Row = { id: string; spaceId: string; n: number; at: string | null; day: string; more: unknown }
const table = {
  name: 'thing',
  columns: {
    id: 'text',
    spaceId: 'text',
    n: 'bigint',
    at: { type: 'timestamptz', nullable: true },
    day: 'date',
    more: 'jsonb',
  },
  key: ['id', 'day'],
  space: 'spaceId',
} as const
const row = (over: Partial<Row> = {}): Row => ({
  id: 'a',
  spaceId: 's',
  n: 2 ** 52,
  at: '2026-03-29T01:30:00.123Z',
  day: '2026-03-29',
  more: { list: [1, 'it\'s ? $1 \\ "quoted"'] },
  ...over,
})
const never = new AbortController().signal
const to = (seq: number) => ({ stream: 'connection', streamCreatedAt: 'then', seq, eventId: `e-${seq}` })

describe('a batch', () => {
  it('keeps every type of column as it was given', async () => {
    const open = await createPostgresProjectionStore(orms[0]!).open<Row>({ name: 'types', version: 1, table }, never)
    const rows = [row(), row({ id: 'b', at: null, more: [] })]
    await open.commit({ from: undefined, to: to(1), puts: rows, drops: [], quarantined: [] })
    expect(await open.reader().find({ where: {} })).toEqual(rows)
    expect(await open.reader().find({ where: { at: rows[0]!.at, day: '2026-03-29', n: [2 ** 52] } })).toEqual([rows[0]])
    expect(await open.rows([{ id: 'a', day: '2026-03-29' }, { at: null }])).toHaveLength(2)
    expect(await open.rows([{ id: 'a' }, { id: 'a', day: '2026-03-29' }])).toEqual([rows[0]])
    await open.commit({ from: to(1), to: to(2), puts: [], drops: [{ id: 'a', day: '2026-03-29' }], quarantined: [] })
    expect(await open.reader().find({ where: {} })).toEqual([rows[1]])
    await open.close()
  })

  it('moves its checkpoint and its rows together or not at all', async () => {
    const open = await createPostgresProjectionStore(orms[0]!).open<Row>({ name: 'together', version: 1, table }, never)
    const failing = open.commit({
      from: undefined,
      to: to(5),
      puts: [row(), row({ id: 'b', day: 'no day' })],
      drops: [],
      quarantined: [],
    })
    await expect(failing).rejects.toThrow(/date/)
    expect(await open.checkpoint()).toBeUndefined()
    expect(await open.reader().find({ where: {} })).toEqual([])
    await open.commit({ from: undefined, to: to(5), puts: [row()], drops: [], quarantined: [] })
    expect(await open.checkpoint()).toEqual(to(5))
    await open.close()
  })

  it('of a thousand rows may come again', async () => {
    const open = await createPostgresProjectionStore(orms[0]!).open<Row>({ name: 'many', version: 1, table }, never)
    const rows = Array.from({ length: 1000 }, (_, i) => row({ id: `id-${i}` }))
    await open.commit({ from: undefined, to: to(1), puts: rows, drops: [], quarantined: [] })
    await open.commit({ from: to(1), to: to(2), puts: rows, drops: [], quarantined: [] })
    expect(await open.reader().find({ where: { spaceId: 's' } })).toHaveLength(1000)
    await open.close()
  })
})

describe('a standby', () => {
  it('that gives up waiting keeps no connection', async () => {
    const [holder, waiter] = [createPostgresProjectionStore(orms[0]!), createPostgresProjectionStore(orms[1]!)]
    const held = await holder.open<Row>({ name: 'waited_for', version: 1, table }, never)
    const stop = new AbortController()
    const waiting = waiter.open<Row>({ name: 'waited_for', version: 1, table }, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await held.close()
    const again = await waiter.open<Row>({ name: 'waited_for', version: 1, table }, never)
    await again.close()
    const sessions = await orms[2]!.em
      .fork()
      .execute<{ n: string }[]>(`select count(*)::text as n from pg_locks where locktype = 'advisory'`)
    expect(sessions).toEqual([{ n: '0' }])
  })
})

describe('a projection whose table changed', () => {
  it('is refused until its version is raised', async () => {
    const store = createPostgresProjectionStore(orms[0]!)
    await store.attach<Row>({ name: 'changed', version: 1, table })
    const { more: _, ...columns } = table.columns
    const narrower = { ...table, columns }
    await expect(store.attach({ name: 'changed', version: 1, table: narrower })).rejects.toThrow(TableDiffers)
    await store.attach({ name: 'changed', version: 2, table: narrower })
  })

  it('is made once where two start at once', async () => {
    const stores = orms.map((orm) => createPostgresProjectionStore(orm))
    await Promise.all(stores.map((store) => store.attach<Row>({ name: 'at_once', version: 1, table })))
  })
})
