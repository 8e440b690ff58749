import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import { RestoreRefused } from '../refusals.ts'

/** What a backup of the vault holds, in the order in which it is loaded. Keys are wrapped, secrets sealed: nothing opens without the master key. */
export const copiedTables = [
  'keys',
  'retired',
  'secrets',
  'credentials',
  'refresh_tokens',
  'provider_sessions',
  'signing_keys',
  'preferences',
  'api_tokens',
  'sessions',
  'security_events',
  'totp',
  'recovery_codes',
  'passkeys',
  'known_devices',
  'invites',
  'moves',
  'erasure_ledger',
] as const
export type CopiedTable = (typeof copiedTables)[number]

/** Who runs, and what they say to each other: of this moment only; and what this installation alone has passed. */
export const passingTables = [
  'holders',
  'erasure_words',
  'erasure_answers',
  'erasure_marks',
  'restoring',
  'challenges',
  'attempts',
  'drills',
] as const

/** One row as PostgreSQL prints it as JSON: bytes as `\x…`, instants as ISO 8601. */
export type CopiedRow = { table: CopiedTable; row: Readonly<Record<string, unknown>> }

const rowsAtATime = 500

/** Every row, as all of them were at one moment. `write` is waited for. Answers how many each table had. */
export async function copyVault(
  orm: MikroORM,
  write: (copied: CopiedRow) => Promise<void>,
): Promise<Record<CopiedTable, number>> {
  const counts = Object.fromEntries(copiedTables.map((table) => [table, 0])) as Record<CopiedTable, number>
  await orm.em.fork().transactional(async (em) => {
    await em.execute('set transaction isolation level repeatable read, read only')
    for (const table of copiedTables) {
      await em.execute(`declare copying no scroll cursor for select row_to_json(t)::text as row from vault.${table} t`)
      for (;;) {
        const rows = await em.execute<{ row: string }[]>(`fetch ${rowsAtATime} from copying`)
        for (const { row } of rows) await write({ table, row: JSON.parse(row) })
        counts[table] += rows.length
        if (rows.length < rowsAtATime) break
      }
      await em.execute('close copying')
    }
  })
  return counts
}

/**
 * Loads a copy into a vault that has nothing yet, all of it or nothing. From `beginRestore` to `endRestore` nobody may run on
 * this vault (`assertNoRestore`): the log or the objects may be missing. Throws RestoreRefused where a row does not fit this version's tables.
 */
export async function loadVault(orm: MikroORM, rows: AsyncIterable<CopiedRow>): Promise<void> {
  await orm.em.fork().transactional((em) => insertRows(em, rows))
}

/** In their order. Throws RestoreRefused. */
export async function insertRows(
  em: EntityManager,
  rows: AsyncIterable<CopiedRow> | Iterable<CopiedRow>,
): Promise<void> {
  const columns = await columnsOf(em)
  let batch: CopiedRow[] = []
  const flush = async () => {
    await insert(em, columns, batch)
    batch = []
  }
  for await (const copied of rows) {
    const [first] = batch
    const differs = first && (first.table !== copied.table || shapeOf(first) !== shapeOf(copied))
    if (differs || batch.length === rowsAtATime) await flush()
    batch.push(copied)
  }
  await flush()
}

const shapeOf = ({ row }: CopiedRow): string => Object.keys(row).sort().join()

async function columnsOf(em: EntityManager): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = await em.execute<{ table_name: string; column_name: string }[]>(
    "select table_name, column_name from information_schema.columns where table_schema = 'vault'",
  )
  const columns = new Map<string, Set<string>>()
  for (const { table_name, column_name } of found) {
    columns.set(table_name, (columns.get(table_name) ?? new Set()).add(column_name))
  }
  return columns
}

/** Columns that the copy does not have yet keep their defaults. */
async function insert(
  em: EntityManager,
  columns: ReadonlyMap<string, ReadonlySet<string>>,
  batch: readonly CopiedRow[],
): Promise<void> {
  const [first] = batch
  if (first === undefined) return
  const { table, row } = first
  const isKnown = copiedTables.some((known) => known === table)
  const strange = Object.keys(row).filter((column) => !columns.get(table)?.has(column))
  if (!isKnown || strange.length > 0) {
    const found = isKnown ? `column ${strange.join(', ')} of table ${table}` : 'a table'
    throw new RestoreRefused(
      'backup_newer',
      `The backup has ${found} that this version does not know. Install a newer one.`,
    )
  }
  const names = Object.keys(row)
    .map((column) => `"${column}"`)
    .join(', ')
  await em.execute(
    `insert into vault.${table} (${names}) select ${names} from jsonb_populate_recordset(null::vault.${table}, ?::jsonb)`,
    [JSON.stringify(batch.map((copied) => copied.row))],
  )
}

/** Takes back what `loadVault` loaded, where the restore could not be finished. */
export async function unloadVault(orm: MikroORM): Promise<void> {
  await orm.em.fork().execute(`truncate ${copiedTables.map((table) => `vault.${table}`).join(', ')}`)
}

/** Names of the tables that hold something: of a database that a backup may be restored into, none. */
export async function vaultTablesInUse(orm: MikroORM): Promise<CopiedTable[]> {
  const em = orm.em.fork()
  const used: CopiedTable[] = []
  for (const table of copiedTables) {
    const [found] = await em.execute<{ any: boolean }[]>(`select exists (select 1 from vault.${table}) as any`)
    if (found?.any === true) used.push(table)
  }
  return used
}

export async function beginRestore(orm: MikroORM): Promise<void> {
  await orm.em.fork().execute('insert into vault.restoring default values on conflict do nothing')
}

export async function endRestore(orm: MikroORM): Promise<void> {
  await orm.em.fork().execute('delete from vault.restoring')
}

/** For whoever runs on this vault: throws RestoreRefused (`restore_unfinished`) where it is half of a backup. */
export async function assertNoRestore(orm: MikroORM): Promise<void> {
  const [found] = await orm.em.fork().execute<{ since: Date }[]>('select since from vault.restoring')
  if (found === undefined) return
  throw new RestoreRefused(
    'restore_unfinished',
    `A restore into this database began at ${new Date(found.since).toISOString()} and did not finish. ` +
      'Empty database, broker and object store, and restore again.',
  )
}
