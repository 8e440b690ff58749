import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '@pf/eventing'
import { type ObjectStore, openObjectStore } from '@pf/object-store'
import fc from 'fast-check'
import type { KnownFile, MartRegistry } from '../application/ports.ts'
import { defaultBounds } from '../bounds.ts'
import { type LakeFolder, openLakeFolder, said, uuid } from '../testing/lake.ts'
import { openMartFile } from './mart-file.ts'
import { moveMart } from './mart-opening.ts'
import { createMartRegistry } from './mart-registry.ts'
import { loadModels } from './models.ts'

const models = loadModels()
type Rows = Parameters<LakeFolder['write']>
/** DuckDB files are opened and built here, perhaps on a busy machine. */
const patienceMs = 30_000

describe('the registry of marts', () => {
  let lake: LakeFolder
  let objects: ObjectStore
  let folder: string
  let registry: MartRegistry
  let rebuilt: string[]
  let behind: string[]
  let unreadable: string[]
  const manifest = new Map<string, KnownFile[]>()
  let tests = 0

  beforeAll(async () => {
    lake = await openLakeFolder()
    objects = openObjectStore(pathToFileURL(join(lake.path, 'objects')).href)
  }, patienceMs)
  beforeEach(() => {
    folder = join(lake.path, `marts-${++tests}`)
    manifest.clear()
    rebuilt = []
    behind = []
    unreadable = []
    registry = start()
  }, patienceMs)
  afterEach(() => registry.stop())
  afterAll(() => lake.remove())

  const start = (overrides: Partial<Parameters<typeof createMartRegistry>[0]> = {}) =>
    createMartRegistry({
      folder,
      models,
      // A checkpoint is due after every commit, also while somebody reads.
      bounds: { ...defaultBounds, maxOpenMarts: 2, checkpointBytes: 1 },
      objects,
      manifest: async (spaceId) => manifest.get(spaceId) ?? [],
      clock: systemClock,
      onRebuild: (spaceId, reason) => rebuilt.push(`${spaceId}: ${reason}`),
      onBehind: (spaceId, files) => behind.push(`${spaceId}: ${files}`),
      onUnreadable: (spaceId, error) => unreadable.push(`${spaceId}: ${error.message}`),
      ...overrides,
    })

  /** Files in the object store and in the manifest, as storage leaves them. */
  async function stored(spaceId: string, seq: number, ...rows: Rows): Promise<KnownFile[]> {
    const files: KnownFile[] = []
    for (const { key, dataset, path, rows: rowCount } of await lake.write(...rows)) {
      const bytes = readFileSync(path)
      await objects.put(key, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      files.push({ key, dataset, schemaVersion: 1, sha256, rowCount, seq })
    }
    manifest.set(spaceId, [...(manifest.get(spaceId) ?? []), ...files])
    return files
  }
  const count = (spaceId: string) =>
    registry.read(spaceId, async (ask) =>
      Number((await ask('select count(*) as n from mart.main.fct_transactions'))[0]?.['n']),
    )
  const martPath = (spaceId: string) => join(folder, spaceId, 'mart.duckdb')
  const row = (id: number) => said({ id, date: '2026-05-03', minor: -100 })

  it(
    'has no marts of a space in which nothing was stored',
    async () => {
      expect(await count('nobody')).toBeUndefined()
      expect(registry.open()).toEqual([])
    },
    patienceMs,
  )

  it(
    'opens one instance per file, however many ask at once',
    async () => {
      const files = await stored('s1', 1, row(1))
      await registry.load('s1', files, 1)
      expect(await Promise.all(Array.from({ length: 20 }, () => count('s1')))).toEqual(Array(20).fill(1))
      await expect(openMartFile(martPath('s1'), { models, bounds: defaultBounds })).rejects.toThrow('mart_open_twice')
    },
    patienceMs,
  )

  it(
    'keeps as many open as it may, and opens the others again with all they had',
    async () => {
      for (const [index, space] of ['s1', 's2', 's3'].entries())
        await registry.load(space, await stored(space, index + 1, row(index + 1)), index + 1)
      expect(registry.open()).toEqual(['s2', 's3'])
      rebuilt = []
      expect(await Promise.all(['s1', 's2', 's3', 's1'].map(count))).toEqual([1, 1, 1, 1])
      expect(registry.open()).toHaveLength(2)
      expect(rebuilt).toEqual([])
    },
    patienceMs,
  )

  it(
    "leaves a sync's log to who opens closed marts next, and takes it at once where they are open",
    async () => {
      const syncs = () =>
        registry.read('s1', (ask) => ask('select cast(sync_id as varchar) as id from mart.lake.syncs'))
      const log = (id: number) => ({ syncs: [{ sync_id: uuid(id), account_id: 'current', status: 'completed' }] })
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      await registry.load('s1', await stored('s1', 2, log(2)), 2)
      expect(await syncs()).toEqual([{ id: uuid(2) }])
      await registry.close(() => true)
      expect(await registry.load('s1', await stored('s1', 3, log(3)), 3)).toEqual({ files: 0, months: [] })
      expect(registry.open()).toEqual([])
      expect(await syncs()).toEqual([{ id: uuid(2) }, { id: uuid(3) }])
      expect(behind).toEqual([])
    },
    patienceMs,
  )

  it(
    "remembers what was computed of rows when a sync's log comes, and computes it anew when rows do",
    async () => {
      let computed = 0
      const remembered = () =>
        registry.read('s1', (ask, remember) =>
          remember('rows', async () => {
            computed++
            return ask('select count(*) as n from mart.main.fct_transactions')
          }),
        )
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      expect(await remembered()).toEqual([{ n: 1n }])
      await registry.load('s1', await stored('s1', 2, { syncs: [{ sync_id: uuid(2), account_id: 'current' }] }), 2)
      expect(await remembered()).toEqual([{ n: 1n }])
      expect(computed).toBe(1)
      await registry.load('s1', await stored('s1', 3, row(2)), 3)
      expect(await remembered()).toEqual([{ n: 2n }])
    },
    patienceMs,
  )

  it(
    'shows readers one moment while a writer is at work',
    async () => {
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      const seen = await registry.read('s1', async (ask) => {
        const before = await ask('select count(*) as n from mart.main.fct_transactions')
        await registry.load('s1', await stored('s1', 2, row(2)), 2)
        return [before, await ask('select count(*) as n from mart.main.fct_transactions')]
      })
      expect(seen).toEqual([[{ n: 1n }], [{ n: 1n }]])
      expect(await count('s1')).toBe(2)
    },
    patienceMs,
  )

  it(
    'takes a space back up after a stop',
    async () => {
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      await registry.stop()
      registry = start()
      rebuilt = []
      expect(await count('s1')).toBe(1)
      expect(rebuilt).toEqual([])
    },
    patienceMs,
  )

  it(
    'loads what arrives at once for one space without losing any',
    async () => {
      const all = await Promise.all([1, 2, 3, 4].map((n) => stored('s1', n, row(n))))
      await Promise.all(all.map((files, index) => registry.load('s1', files, index + 1)))
      expect(await count('s1')).toBe(4)
    },
    patienceMs,
  )

  it(
    'leaves a small log beside marts that are closed, which goes with them wherever they are moved',
    async () => {
      await registry.stop()
      registry = start({ bounds: defaultBounds })
      // The first sync's log holds what the marts are made of, which is no small one.
      for (const seq of [1, 2]) {
        await registry.load('s1', await stored('s1', seq, row(seq)), seq)
        await registry.close(() => true)
      }
      expect(existsSync(`${martPath('s1')}.wal`)).toBe(true)
      expect(await count('s1')).toBe(2)
      const moved = join(folder, 's1', 'old.duckdb')
      await registry.replace('s1', () => moveMart(martPath('s1'), moved))
      expect(existsSync(`${martPath('s1')}.wal`)).toBe(false)
      const old = await openMartFile(moved, { models, bounds: defaultBounds })
      const [found] = await old.read((ask) => ask('select count(*) as n from mart.main.fct_transactions'))
      await old.close()
      expect(found).toEqual({ n: 2n })
      expect(rebuilt).toEqual([])
      expect(behind).toEqual([])
    },
    patienceMs,
  )

  describe('the name of a content', () => {
    const digest = (spaceId: string) =>
      registry.read(spaceId, async (ask) =>
        JSON.stringify(
          await ask(
            `select count(*)::int as rows, max(transaction_id) as last, (select storage_seq::int from mart.meta.state) as seq,
              (select built_at::varchar from mart.meta.state) as built_at from mart.main.fct_transactions`,
          ),
        ),
      )
    /** What can become of a space's marts, beside being read. */
    const steps: Record<string, (n: number) => Promise<unknown>> = {
      load: async (n) => registry.load('s1', await stored('s1', n, row(n)), n),
      // Nothing new but the position, which every answer tells.
      move: (n) => registry.load('s1', manifest.get('s1')!.slice(0, 1), n),
      fail: async (n) => {
        const [first] = await stored('s1', n, row(n))
        const bytes = (await objects.get(first!.key))!
        await objects.delete(first!.key)
        await expect(registry.load('s1', manifest.get('s1')!.slice(-2), n)).rejects.toThrow()
        await objects.put(first!.key, bytes)
      },
      push_out: async () => Promise.all(['s2', 's3'].map(count)),
      replace: () => registry.replace('s1', async () => rmSync(martPath('s1'))),
      keep: () => registry.replace('s1', () => Promise.reject(new Error('not swapped'))).catch(() => undefined),
      delete: async () => rmSync(martPath('s1'), { force: true }),
      hand_over: () => registry.close(() => true),
      read: () => digest('s1'),
    }

    it(
      'is never that of another, whatever was done, and whoever read meanwhile',
      async () => {
        const names = new Map<string, string | undefined>()
        let known = 0
        const look = async () => {
          const name = registry.contentOf('s1')
          const found = await digest('s1')
          // Answered under `name` as KeptAnswers does it: what is the same name later has to be the same answer.
          if (name === undefined || registry.contentOf('s1') !== name) return
          if (names.has(name)) known++
          expect([name, names.get(name) ?? found]).toEqual([name, found])
          names.set(name, found)
        }
        let n = 0
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 3, maxLength: 8 }),
            async (names) => {
              await registry.load('s1', await stored('s1', ++n, row(n)), n)
              for (const name of names) {
                await Promise.all([look(), steps[name]!(++n), look()])
                await look()
                await look()
              }
            },
          ),
          { numRuns: 4, endOnFailure: true },
        )
        expect(known).toBeGreaterThan(4)
      },
      4 * patienceMs,
    )

    it(
      'is none while nobody has it open',
      async () => {
        expect(registry.contentOf('s1')).toBeUndefined()
        await registry.load('s1', await stored('s1', 1, row(1)), 1)
        expect(registry.contentOf('s1')).toBeDefined()
        await registry.close(() => true)
        expect(registry.contentOf('s1')).toBeUndefined()
      },
      patienceMs,
    )
  })

  describe('builds the marts anew from the lake', () => {
    beforeEach(async () => {
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      await registry.load('s1', await stored('s1', 2, row(2)), 2)
      rebuilt = []
    }, patienceMs)

    it(
      'where the file is broken',
      async () => {
        await registry.stop()
        writeFileSync(martPath('s1'), 'no DuckDB file at all'.repeat(1000))
        registry = start()
        expect(await Promise.all([count('s1'), count('s1')])).toEqual([2, 2])
        expect(rebuilt).toEqual(['s1: broken'])
      },
      patienceMs,
    )
    it.each([
      ['is cut off', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2))],
      ['is empty', () => Buffer.alloc(0)],
      ['has a header of noise', (bytes: Buffer) => Buffer.concat([Buffer.alloc(12_288, 0xa5), bytes.subarray(12_288)])],
      ['is noise behind its header', (bytes: Buffer) => bytes.fill(0xa5, 12_288)],
    ])(
      'where the file %s',
      async (_, harm) => {
        await registry.stop()
        writeFileSync(martPath('s1'), harm(readFileSync(martPath('s1'))))
        registry = start()
        expect(await Promise.all([count('s1'), count('s1')])).toEqual([2, 2])
        expect(rebuilt).toHaveLength(1)
      },
      patienceMs,
    )
    it(
      'where a block of a table cannot be read, when somebody asks for it',
      async () => {
        await registry.load('s1', await stored('s1', 3, ...Array.from({ length: 20_000 }, (_, n) => row(100 + n))), 3)
        await registry.stop()
        const bytes = readFileSync(martPath('s1'))
        // Every block but the first ones, where the catalogue lies: opening finds nothing wrong.
        bytes.fill(0xa5, Math.floor(bytes.length / 2))
        writeFileSync(martPath('s1'), bytes)
        registry = start()
        const sum = () =>
          registry.read('s1', async (ask) =>
            (await ask('select count(description) as n, sum(amount) as s from mart.main.fct_transactions')).map(
              (found) => Number(found['n']),
            ),
          )
        expect(await sum()).toEqual([20_002])
      },
      patienceMs,
    )
    it(
      'where its write-ahead log is noise',
      async () => {
        await registry.stop()
        writeFileSync(`${martPath('s1')}.wal`, 'no log at all'.repeat(1000))
        registry = start()
        expect(await count('s1')).toBe(2)
      },
      patienceMs,
    )
    it(
      'where the file was deleted, also under way',
      async () => {
        rmSync(martPath('s1'))
        expect(await count('s1')).toBe(2)
        expect(rebuilt).toEqual(['s1: no file'])
      },
      patienceMs,
    )
    it(
      'where other models built it',
      async () => {
        await registry.stop()
        registry = start({ models: { ...models, version: 'another' } })
        expect(await count('s1')).toBe(2)
        expect(rebuilt).toEqual(['s1: built by other models'])
      },
      patienceMs,
    )
    it(
      'and goes on from there',
      async () => {
        rmSync(martPath('s1'))
        const files = await stored('s1', 3, row(3))
        await registry.load('s1', files, 3)
        expect(await count('s1')).toBe(3)
        expect(await registry.load('s1', files, 3)).toEqual({ files: 0, months: [] })
      },
      patienceMs,
    )
  })

  describe('of a space that has its first sync', () => {
    it(
      'is open to readers before the rows are in it, and is built once',
      async () => {
        const files = await stored('s1', 1, row(1))
        const fetched = Promise.withResolvers<void>()
        const slow: ObjectStore = { ...objects, get: (key) => fetched.promise.then(() => objects.get(key)) }
        await registry.stop()
        registry = start({ objects: slow })
        const loaded = registry.load('s1', files, 1)
        expect(await count('s1')).toBe(0)
        fetched.resolve()
        expect(await loaded).toEqual({ files: 2, months: ['2026-05'] })
        expect(await count('s1')).toBe(1)
        expect([rebuilt, behind]).toEqual([[], []])
      },
      patienceMs,
    )
  })

  describe('of a file that lacks what the log names', () => {
    const positions = (spaceId: string) =>
      registry.read(spaceId, async (ask) =>
        Number((await ask('select storage_seq from mart.meta.state'))[0]?.['storage_seq']),
      )

    beforeEach(async () => {
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      await registry.stop()
      cpSync(martPath('s1'), join(folder, 'copy.duckdb'))
      registry = start()
      for (const n of [2, 3]) await registry.load('s1', await stored('s1', n, row(n)), n)
      await registry.stop()
      cpSync(join(folder, 'copy.duckdb'), martPath('s1'))
      registry = start()
      rebuilt = []
    }, patienceMs)

    it(
      'loads that when it is opened, and no more the next time',
      async () => {
        expect(await count('s1')).toBe(3)
        expect(await positions('s1')).toBe(3)
        await registry.stop()
        registry = start()
        expect(await count('s1')).toBe(3)
        expect([rebuilt, behind]).toEqual([[], ['s1: 4']])
      },
      patienceMs,
    )
    it(
      'leaves what is being loaded to its own sync',
      async () => {
        const files = await stored('s1', 4, row(4))
        expect(await registry.load('s1', files, 4)).toEqual({ files: 2, months: ['2026-05'] })
        expect(await count('s1')).toBe(4)
        expect(behind).toEqual(['s1: 4'])
      },
      patienceMs,
    )
    it(
      'goes on without what cannot be read, and says so',
      async () => {
        const [lost] = manifest.get('s1')!.filter(({ seq }) => seq === 2)
        const bytes = await objects.get(lost!.key)
        await objects.delete(lost!.key)
        expect(await count('s1')).toBe(2)
        expect(unreadable).toEqual([expect.stringContaining(lost!.key)])
        await objects.put(lost!.key, bytes)
        await registry.stop()
        registry = start()
        expect(await count('s1')).toBe(3)
      },
      patienceMs,
    )
    it(
      'fails where the object store does, and opens when it is back',
      async () => {
        await registry.stop()
        let down = true
        const get: ObjectStore['get'] = async (key) => {
          if (down) throw new Error('store_down')
          return objects.get(key)
        }
        registry = start({ objects: { ...objects, get } })
        await expect(count('s1')).rejects.toThrow('store_down')
        down = false
        expect(await count('s1')).toBe(3)
      },
      patienceMs,
    )
  })

  it(
    'without its marts and without a lake file shows no figures, and says what to do',
    async () => {
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      await registry.stop()
      const [lost] = manifest.get('s1')!
      await objects.delete(lost!.key)
      rmSync(martPath('s1'))
      registry = start()
      await expect(count('s1')).rejects.toMatchObject({
        code: 'unavailable',
        detail: expect.stringContaining('npm run replay'),
        retryAfterSeconds: 60,
      })
    },
    patienceMs,
  )

  it(
    'refuses a file that is not what the log says, and changes nothing',
    async () => {
      await registry.load('s1', await stored('s1', 1, row(1)), 1)
      const files = await stored('s1', 2, row(2))
      const wrong = files.map((file) => ({ ...file, sha256: '0'.repeat(64) }))
      await expect(registry.load('s1', wrong, 2)).rejects.toThrow('lake_file_unreadable')
      expect(await count('s1')).toBe(1)
    },
    patienceMs,
  )
})
