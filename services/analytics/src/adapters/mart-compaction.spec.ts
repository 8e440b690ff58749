import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@pf/eventing'
import { type ObjectStore, openObjectStore } from '@pf/object-store'
import type { KnownFile, MartRegistry } from '../application/ports.ts'
import { defaultBounds } from '../bounds.ts'
import { type LakeFolder, openLakeFolder, said } from '../testing/lake.ts'
import { createMartBuilder } from './mart-rebuilds.ts'
import { createMartRegistry } from './mart-registry.ts'
import { loadModels } from './models.ts'

const models = loadModels()
const patienceMs = 60_000
type Rows = Parameters<LakeFolder['write']>

describe('marts over a compaction', () => {
  let lake: LakeFolder
  let objects: ObjectStore
  let folder: string
  let registry: MartRegistry
  let manifest: KnownFile[]
  let rebuilt: string[]
  let reads: string[]
  let tests = 0

  beforeAll(async () => {
    lake = await openLakeFolder()
    objects = openObjectStore(pathToFileURL(join(lake.path, 'objects')).href)
  }, patienceMs)
  beforeEach(() => {
    folder = join(lake.path, `marts-${++tests}`)
    manifest = []
    rebuilt = []
    reads = []
    registry = start()
  })
  afterEach(() => registry.stop())
  afterAll(() => lake.remove())

  const start = () =>
    createMartRegistry({
      folder,
      models,
      bounds: defaultBounds,
      objects: {
        ...objects,
        get: (key) => {
          reads.push(key)
          return objects.get(key)
        },
      },
      manifest: async () => manifest,
      clock: systemClock,
      onRebuild: (_, reason) => rebuilt.push(reason),
    })

  async function written(seq: number, ...rows: Rows): Promise<KnownFile[]> {
    const files: KnownFile[] = []
    for (const { key, dataset, path, rows: rowCount } of await lake.write(...rows)) {
      const bytes = readFileSync(path)
      await objects.put(key, bytes)
      files.push({ key, dataset, schemaVersion: 1, sha256: sha256(bytes), rowCount, seq })
    }
    return files
  }
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  const rowsOf = (...ids: number[]): Rows => ids.map((id) => said({ id, date: '2026-05-03', minor: -100 * id }))

  /** Syncs of one row each, and files that hold all of their rows. */
  async function compacted(): Promise<{ syncs: KnownFile[][]; joined: KnownFile[] }> {
    const rows = rowsOf(1, 2, 3)
    const syncs: KnownFile[][] = []
    for (const [i, row] of rows.entries()) syncs.push(await written(i + 1, row))
    const joined = (await written(4, ...rows)).map((file) => ({
      ...file,
      replaces: syncs.flat().flatMap(({ dataset, key }) => (dataset === file.dataset ? [key] : [])),
    }))
    return { syncs, joined }
  }

  /** SHA-256 over every row of the marts' transactions and of what they were loaded from. */
  const digest = () =>
    registry.read('s1', async (ask) => {
      const tables = ['main.fct_transactions', 'lake.observations', 'lake.decisions']
      const rows = await Promise.all(
        tables.map((table) => ask(`select cast(t as varchar) as row from mart.${table} t order by 1`)),
      )
      return sha256(Buffer.from(JSON.stringify(rows)))
    })
  const names = () =>
    registry.read('s1', async (ask) => (await ask('select key from mart.meta.files order by key')).map((r) => r['key']))
  const keysOf = (files: readonly KnownFile[]) => files.map(({ key }) => key).sort()

  it(
    'swap names without loading a row, and answer the same',
    async () => {
      const { syncs, joined } = await compacted()
      for (const [i, files] of syncs.entries()) await registry.load('s1', files, i + 1)
      const before = await digest()
      reads = []
      expect(await registry.load('s1', joined, 4)).toEqual({ files: 0, months: [] })
      expect(reads).toEqual([])
      expect(await digest()).toBe(before)
      expect(await names()).toEqual(keysOf(joined))
    },
    patienceMs,
  )

  it(
    'load nothing that was replaced when its message comes again',
    async () => {
      const { syncs, joined } = await compacted()
      for (const [i, files] of syncs.entries()) await registry.load('s1', files, i + 1)
      const before = await digest()
      await registry.load('s1', joined, 4)
      expect(await registry.load('s1', syncs[1]!, 2)).toEqual({ files: 0, months: [] })
      expect(await digest()).toBe(before)
    },
    patienceMs,
  )

  it(
    'take syncs and their compaction in one transaction',
    async () => {
      const { syncs, joined } = await compacted()
      await registry.load('s1', syncs[0]!, 1)
      await registry.load('s1', [...syncs[1]!, ...syncs[2]!, ...joined], 4)
      expect(await names()).toEqual(keysOf(joined))
      const swapped = await digest()
      await registry.stop()
      folder = `${folder}-anew`
      manifest = joined
      registry = start()
      expect(await digest()).toBe(swapped)
    },
    patienceMs,
  )

  it(
    'built anew load the joined files alone, and messages of before bring nothing',
    async () => {
      const { syncs, joined } = await compacted()
      manifest = joined
      await registry.load('s1', syncs[0]!, 1)
      const before = await digest()
      expect(reads.sort()).toEqual(keysOf(joined))
      await registry.load('s1', syncs[1]!, 2)
      await registry.load('s1', joined, 4)
      expect(await digest()).toBe(before)
      expect(await names()).toEqual(keysOf(joined))
    },
    patienceMs,
  )

  it(
    'that have some of the rows are built anew',
    async () => {
      const { syncs, joined } = await compacted()
      await registry.load('s1', syncs[0]!, 1)
      await registry.stop()
      manifest = joined
      registry = start()
      expect(await names()).toEqual(keysOf(joined))
      expect(rebuilt).toEqual(['out of step with a compaction'])
    },
    patienceMs,
  )

  it(
    'that miss a row of an open mart refuse, and are built anew for the next who asks',
    async () => {
      const { syncs, joined } = await compacted()
      await registry.load('s1', syncs[0]!, 1)
      manifest = joined
      await expect(registry.load('s1', joined, 4)).rejects.toThrow('mart_out_of_step')
      await registry.load('s1', joined, 4)
      expect(await names()).toEqual(keysOf(joined))
      expect(await registry.read('s1', async (ask) => ask('select 1 from mart.lake.decisions'))).toHaveLength(3)
    },
    patienceMs,
  )

  it(
    'built beside the ones that answer hold each row once, whatever was joined between two attempts',
    async () => {
      const { syncs, joined } = await compacted()
      const parts = {
        folder,
        models,
        bounds: defaultBounds,
        objects,
        manifest: async () => manifest,
        clock: systemClock,
      }
      const builder = createMartBuilder({ ...parts, registry })
      const build = () => builder.build('s1', 'again', async () => undefined, new AbortController().signal)
      const rowsIn = async () => (await build()).tables.find(({ table }) => table === 'fct_transactions')
      manifest = syncs[0]!
      expect(await rowsIn()).toMatchObject({ before: { rows: 1 }, after: { rows: 1 } })
      manifest = syncs.flat()
      expect(await rowsIn()).toMatchObject({ before: { rows: 3 }, after: { rows: 3 } })
      manifest = joined
      expect(await rowsIn()).toMatchObject({ before: { rows: 3 }, after: { rows: 3 } })
    },
    patienceMs,
  )

  it(
    'built beside the ones that answer are begun again where only some of the joined files were loaded',
    async () => {
      const { syncs, joined } = await compacted()
      const parts = {
        folder,
        models,
        bounds: defaultBounds,
        objects,
        manifest: async () => manifest,
        clock: systemClock,
      }
      const builder = createMartBuilder({ ...parts, registry })
      const build = () => builder.build('s1', 'again', async () => undefined, new AbortController().signal)
      manifest = syncs[0]!
      await build()
      manifest = joined
      const { tables } = await build()
      expect(tables.find(({ table }) => table === 'fct_transactions')).toMatchObject({
        before: { rows: 3 },
        after: { rows: 3 },
      })
    },
    patienceMs,
  )
})
