import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ObjectStore } from '../port.ts'

/**
 * The rules that every object store keeps. `open` is called once, before the first rule, and must give an empty store.
 * Call it at the top of a spec file; it needs Jest's globals.
 */
export function describeObjectStore(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore
    beforeAll(async () => {
      store = await open()
    })

    it('gives back the bytes that were put', async () => {
      const body = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256)
      expect(await store.put('raw/space/bytes.zst', body)).toEqual({ created: true })
      expect(Buffer.compare(await store.get('raw/space/bytes.zst'), body)).toBe(0)
    })

    it('keeps an empty object', async () => {
      await store.put('raw/empty', new Uint8Array(0))
      expect((await store.get('raw/empty')).byteLength).toBe(0)
    })

    it('replaces an object', async () => {
      await store.put('raw/replaced', text('one'))
      expect(await store.put('raw/replaced', text('two'))).toEqual({ created: true })
      expect(Buffer.from(await store.get('raw/replaced')).toString()).toBe('two')
    })

    it('leaves an existing object alone when asked to put only if absent', async () => {
      expect(await store.put('raw/once', text('first'), { ifAbsent: true })).toEqual({ created: true })
      expect(await store.put('raw/once', text('second'), { ifAbsent: true })).toEqual({ created: false })
      expect(Buffer.from(await store.get('raw/once')).toString()).toBe('first')
    })

    it('lets exactly one of racing writers create an object', async () => {
      const puts = ['a', 'b', 'c'].map((body) => store.put('raw/raced', text(body), { ifAbsent: true }))
      expect((await Promise.all(puts)).filter(({ created }) => created)).toHaveLength(1)
    })

    it('says object_not_found for an object that is not there', async () => {
      await expect(store.get('raw/nothing')).rejects.toMatchObject({ code: 'object_not_found', key: 'raw/nothing' })
      await expect(store.get('raw/empty/below')).rejects.toMatchObject({ code: 'object_not_found' })
      await expect(store.download('raw/nothing', join(tmpdir(), 'pf-never'))).rejects.toMatchObject({
        code: 'object_not_found',
      })
    })

    it('downloads an object to a file', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'pf-objects-'))
      try {
        await store.put('lake/day=2025-03-14/rows.parquet', text('PAR1'))
        await store.download('lake/day=2025-03-14/rows.parquet', join(folder, 'rows.parquet'))
        expect(await readFile(join(folder, 'rows.parquet'), 'utf8')).toBe('PAR1')
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })

    it('lists the objects below a prefix with their sizes, and no others', async () => {
      for (const key of ['list/a/b', 'list/a-b', 'list/ab/c', 'listed']) await store.put(key, text(key))
      expect(await keys(store, 'list/')).toEqual(['list/a-b:8', 'list/a/b:8', 'list/ab/c:9'])
      expect(await keys(store, 'list/a')).toEqual(['list/a-b:8', 'list/a/b:8', 'list/ab/c:9'])
      expect(await keys(store, 'list/a/')).toEqual(['list/a/b:8'])
      expect(await keys(store, 'nowhere/')).toEqual([])
    })

    it('lists when an object was written last', async () => {
      // S3 tells whole seconds.
      const before = Date.now() - 1_000
      await store.put('dated/one', text('x'))
      const writtenAt: number[] = []
      for await (const { modifiedAt } of store.list('dated/')) writtenAt.push(modifiedAt.getTime())
      expect(writtenAt).toHaveLength(1)
      expect(writtenAt[0]).toBeGreaterThanOrEqual(before)
      expect(writtenAt[0]).toBeLessThanOrEqual(Date.now() + 1_000)
    })

    it('lists everything, page after page', async () => {
      const wanted = Array.from({ length: 1_100 }, (_, i) => `many/${i}`)
      for (let i = 0; i < wanted.length; i += 50) {
        await Promise.all(wanted.slice(i, i + 50).map((key) => store.put(key, text('x'))))
      }
      expect(await keys(store, 'many/')).toHaveLength(wanted.length)
    }, 60_000)

    it('deletes an object, and one that is gone already', async () => {
      await store.put('raw/deleted', text('x'))
      await store.delete('raw/deleted')
      await store.delete('raw/deleted')
      await expect(store.get('raw/deleted')).rejects.toMatchObject({ code: 'object_not_found' })
      expect(await keys(store, 'raw/deleted')).toEqual([])
    })

    it('deletes all below a folder, and nothing beside it', async () => {
      const gone = Array.from({ length: 30 }, (_, i) => `erased/one/${i % 3}/${i}`)
      for (const key of [...gone, 'erased/one-more/x', 'erased/one.x']) await store.put(key, text('x'))
      await store.put(gone[0] ?? '', text('written again'))
      expect(await store.deleteAll('erased/one')).toBe(30)
      expect(await keys(store, 'erased/')).toEqual(['erased/one-more/x:1', 'erased/one.x:1'])
      expect(await store.deleteAll('erased/one')).toBe(0)
      expect(await store.deleteAll('never/was')).toBe(0)
    })

    const strange = [
      '',
      '/etc/passwd',
      '../up',
      'a/../../up',
      'a/..',
      './a',
      'a//b',
      'a/',
      'a b',
      'a\\b',
      'ä',
      'a\0',
      '~tmp/x',
    ]
    it.each(strange)('refuses the key %j', async (key) => {
      await expect(store.put(key, text('x'))).rejects.toMatchObject({ code: 'object_key_invalid' })
      await expect(store.get(key)).rejects.toMatchObject({ code: 'object_key_invalid' })
      await expect(store.delete(key)).rejects.toMatchObject({ code: 'object_key_invalid' })
      await expect(store.deleteAll(key)).rejects.toMatchObject({ code: 'object_key_invalid' })
    })
  })
}

const text = (value: string) => new TextEncoder().encode(value)

async function keys(store: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key, size } of store.list(prefix)) found.push(`${key}:${size}`)
  return found.sort()
}
