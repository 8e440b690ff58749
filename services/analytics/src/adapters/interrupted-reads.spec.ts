import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultBounds } from '../bounds.ts'
import { type MartFile, openMartFile } from './mart-file.ts'
import { loadModels } from './models.ts'

/** Hours, were nobody to stop it. */
const endless = 'select sum(a.range * b.range) as s from range(10000000) a, range(10000000) b'
const interrupted = { name: 'ReadInterrupted' }

describe('a read of the marts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pf-mart-'))
  let mart: MartFile
  beforeAll(async () => {
    const bounds = { ...defaultBounds, maxReaders: 1 }
    mart = await openMartFile(join(folder, 'one.duckdb'), { models: loadModels(), bounds, create: true })
  })
  afterAll(async () => {
    await mart.close()
    rmSync(folder, { recursive: true })
  })

  it('ends in the middle when whoever asked goes away, and the next one is served', async () => {
    const gone = new AbortController()
    const began = Promise.withResolvers<void>()
    const read = mart.read(async (query) => {
      await query('select 1')
      began.resolve()
      return query(endless)
    }, gone.signal)
    await began.promise
    gone.abort()
    await expect(read).rejects.toMatchObject(interrupted)
    expect(await mart.read((query) => query('select 7 as n'))).toEqual([{ n: 7 }])
  }, 30_000)

  it('is not begun where they have gone before, nor while it waits for its turn', async () => {
    const gone = new AbortController()
    const [holder, waiter] = [new AbortController(), new AbortController()]
    const holding = mart.read((query) => query(endless), holder.signal)
    let begun = 0
    const waiting = mart.read(async () => ++begun, waiter.signal)
    waiter.abort()
    await expect(waiting).rejects.toMatchObject(interrupted)
    gone.abort()
    await expect(mart.read(async () => ++begun, gone.signal)).rejects.toMatchObject(interrupted)
    holder.abort()
    await expect(holding).rejects.toMatchObject(interrupted)
    expect(begun).toBe(0)
    expect(await mart.read((query) => query('select 8 as n'))).toEqual([{ n: 8 }])
  }, 30_000)
})
