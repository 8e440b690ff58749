import type { MikroORM } from '@mikro-orm/postgresql'
import { startVaultDatabase, type VaultDatabase } from '../testing/index.ts'
import {
  assertNoRestore,
  beginRestore,
  type CopiedRow,
  copyVault,
  endRestore,
  loadVault,
  openVault,
  unloadVault,
  vaultTablesInUse,
} from './index.ts'
import { copiedTables, passingTables } from './vault-copy.ts'

const masterKey = new Uint8Array(32).fill(7)
const started: VaultDatabase[] = []

async function newVault(): Promise<MikroORM> {
  const database = await startVaultDatabase()
  started.push(database)
  return database.orm
}
afterAll(async () => {
  for (const database of started) await database.stop()
})

async function copyOf(orm: MikroORM): Promise<CopiedRow[]> {
  const rows: CopiedRow[] = []
  // As a file would hold them.
  await copyVault(orm, async (copied) => void rows.push(JSON.parse(JSON.stringify(copied))))
  return rows
}

async function* from(rows: readonly CopiedRow[]) {
  yield* rows
}

const at = '2026-11-01T12:00:00+00:00'
const credential = (n: number) => ({
  user_id: crypto.randomUUID(),
  space_id: crypto.randomUUID(),
  username: `user-${n}`,
  password_hash: '$argon2id$',
  roles: ['user', 'operator'],
  created_at: at,
})

describe('a copy of a vault', () => {
  let source: MikroORM
  let target: MikroORM
  let rows: CopiedRow[]
  let sealed: { keyId: string; bytes: Uint8Array }
  beforeAll(async () => {
    ;[source, target] = await Promise.all([newVault(), newVault()])
    const { keys, secrets } = await openVault({ orm: source, masterKey })
    await keys.createSpaceKey('one')
    await keys.createAccountKey('one', 'a')
    sealed = await keys.seal('one', new Uint8Array([1, 2, 3]), 'there')
    await secrets.write('token', new TextEncoder().encode('hunter2'))
    await loadVault(
      source,
      from(Array.from({ length: 1203 }, (_, n) => ({ table: 'credentials' as const, row: credential(n) }))),
    )
    rows = await copyOf(source)
  }, 60_000)

  it('decides over every table of the schema', async () => {
    const found = await source.em
      .fork()
      .execute<{ name: string }[]>(
        "select table_name as name from information_schema.tables where table_schema = 'vault'",
      )
    expect(found.map(({ name }) => name).sort()).toEqual([...copiedTables, ...passingTables].sort())
  })

  it('counts what it holds, and nothing in the clear', async () => {
    const counts = await copyVault(source, async () => undefined)
    expect(counts).toMatchObject({ keys: 2, secrets: 1, credentials: 1203, refresh_tokens: 0 })
    expect(rows).toHaveLength(1206)
    expect(JSON.stringify(rows)).not.toContain('hunter2')
  })

  it('is loaded as it was, byte for byte, into a vault that had nothing', async () => {
    expect(await vaultTablesInUse(target)).toEqual([])
    await loadVault(target, from(rows))
    expect(await copyOf(target)).toEqual(rows)
    expect(await vaultTablesInUse(target)).toEqual(['keys', 'secrets', 'credentials'])
    const { keys, secrets } = await openVault({ orm: target, masterKey })
    expect(await keys.open('one', sealed.keyId, sealed.bytes, 'there')).toEqual(new Uint8Array([1, 2, 3]))
    expect(new TextDecoder().decode(await secrets.read('token'))).toBe('hunter2')
  })

  it('is what the vault was at one moment, whatever is written meanwhile', async () => {
    const { keys } = await openVault({ orm: source, masterKey })
    let told = false
    const meanwhile: CopiedRow[] = []
    await copyVault(source, async (copied) => {
      meanwhile.push(copied)
      if (told) return
      told = true
      await keys.createSpaceKey('later')
      await source.em.fork().execute("delete from vault.secrets where name = 'token'")
    })
    expect(meanwhile).toEqual(rows)
  })

  it('of an older version is loaded with the defaults of what it did not know', async () => {
    const vault = await newVault()
    const old = rows
      .filter(({ table }) => table === 'keys')
      .map(({ table, row: { created_at: _, ...row } }) => ({ table, row }))
    await loadVault(vault, from(old))
    expect(await copyOf(vault)).toMatchObject([{ row: { created_at: expect.any(String) } }, { table: 'keys' }])
  })

  it('of a newer version is refused, and nothing of it is loaded', async () => {
    const vault = await newVault()
    const newer = [...rows.slice(0, 3), { table: 'credentials' as const, row: { ...credential(1), shoe_size: 41 } }]
    await expect(loadVault(vault, from(newer))).rejects.toMatchObject({ code: 'backup_newer' })
    const other = [...rows.slice(0, 3), { table: 'shoes', row: {} } as unknown as CopiedRow]
    await expect(loadVault(vault, from(other))).rejects.toMatchObject({ code: 'backup_newer' })
    expect(await vaultTablesInUse(vault)).toEqual([])
  })
})

describe('a vault that is being restored', () => {
  it('is for nobody until it is whole, and can be emptied again', async () => {
    const orm = await newVault()
    await beginRestore(orm)
    await loadVault(orm, from([{ table: 'credentials', row: credential(1) }]))
    await expect(assertNoRestore(orm)).rejects.toMatchObject({ code: 'restore_unfinished' })
    await unloadVault(orm)
    expect(await vaultTablesInUse(orm)).toEqual([])
    await endRestore(orm)
    await assertNoRestore(orm)
  })
})
