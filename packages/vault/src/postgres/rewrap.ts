import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import type { Random } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { openBytes, sealBytes } from '../seal.ts'
import { opensVault } from './master-key-of.ts'
import { assertNobodyHolds } from './presence.ts'
import { type Name, type Rewrapped, type Wrapped, wrappedThings } from './wrapped-things.ts'

export type { Rewrapped } from './wrapped-things.ts'

const rowsAtATime = 500

/**
 * Everything that lies under the master key `from` lies under `to` afterwards: all of it in one transaction, read back and
 * opened before it is committed. What data keys sealed stays as it is. Undefined where `to` opens the vault already: a run
 * before got as far as that. Throws VaultInUse while any process lives that holds `from`: it would go on wrapping under it. One
 * that begins meanwhile waits, and is refused (`master_key_wrong`).
 */
export async function rewrapVault(
  orm: MikroORM,
  { from, to, random = systemRandom }: { from: Uint8Array; to: Uint8Array; random?: Random },
): Promise<Rewrapped | undefined> {
  const isDone = (await opensVault(orm, to)) && !(await opensVault(orm, from))
  const rewrapped = isDone ? undefined : await inOneTransaction(orm, from, to, random)
  // Replaced rows' bytes stay in their pages otherwise, and the old master key would open them.
  for (const { table } of wrappedThings) await orm.em.fork().execute(`vacuum (full) vault.${table}`)
  return rewrapped
}

function inOneTransaction(orm: MikroORM, from: Uint8Array, to: Uint8Array, random: Random): Promise<Rewrapped> {
  return orm.em.fork().transactional(async (em) => {
    await em.execute("select set_config('lock_timeout', '30s', true)")
    // Holders first: every process writes itself there before it opens the vault.
    for (const table of ['holders', ...wrappedThings.map(({ table }) => table)])
      await em.execute(`lock table vault.${table} in exclusive mode`)
    await assertNobodyHolds(em, 'would go on wrapping keys under the old master key')
    const counts: Rewrapped = { keys: 0, secrets: 0, signingKeys: 0, secondFactors: 0 }
    for (const thing of wrappedThings) {
      const [old, anew] = [thing.keyOf(from), thing.keyOf(to)]
      await eachBatch(em, thing, async (rows) => {
        await write(
          em,
          thing,
          rows.map(({ name, bytes }) => {
            const plain = openBytes(old, bytes, thing.placeOf(name), `A row of vault.${thing.table}`)
            return { name, bytes: sealBytes(anew, plain, thing.placeOf(name), random) }
          }),
        )
        counts[thing.as] += rows.length
      })
      await eachBatch(em, thing, async (rows) => {
        for (const { name, bytes } of rows)
          openBytes(anew, bytes, thing.placeOf(name), `A row of vault.${thing.table}, as it was wrapped anew,`)
      })
    }
    return counts
  })
}

type Row = { name: Name; bytes: Uint8Array }

async function eachBatch(
  em: EntityManager,
  { table, column, by }: Wrapped,
  work: (rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  // Sees the rows as they were when it was opened, whatever `work` writes.
  const name = `jsonb_build_object(${by.map((one) => `'${one}', ${one}`).join(', ')})`
  const rows = `select ${name} as name, encode(${column}, 'hex') as hex from vault.${table}`
  await em.execute(`declare rewrapping insensitive no scroll cursor for ${rows}`)
  for (;;) {
    const found = await em.execute<{ name: Name; hex: string }[]>(`fetch ${rowsAtATime} from rewrapping`)
    await work(found.map(({ name, hex }) => ({ name, bytes: new Uint8Array(Buffer.from(hex, 'hex')) })))
    if (found.length < rowsAtATime) break
  }
  await em.execute('close rewrapping')
}

async function write(em: EntityManager, { table, column, by }: Wrapped, rows: readonly Row[]): Promise<void> {
  const given = JSON.stringify(rows.map(({ name, bytes }) => ({ ...name, hex: Buffer.from(bytes).toString('hex') })))
  const types = [...by, 'hex'].map((name) => `${name} text`).join(', ')
  await em.execute(
    `update vault.${table} t set ${column} = decode(given.hex, 'hex') from jsonb_to_recordset(?::jsonb) as given(${types})
      where ${by.map((name) => `t.${name}::text = given.${name}`).join(' and ')}`,
    [given],
  )
}
