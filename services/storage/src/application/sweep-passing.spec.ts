import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openObjectStore } from '@pf/object-store'
import { defaultLakeBounds } from '../bounds.ts'
import { sweepPassing } from './sweep-passing.ts'

describe('what passes through the object store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pf-passing-'))
  const objects = openObjectStore(pathToFileURL(folder).href)
  afterAll(() => rmSync(folder, { recursive: true }))

  const left = async () => {
    const keys: string[] = []
    for await (const { key } of objects.list('')) keys.push(key)
    return keys.sort()
  }
  const after = (minutes: number) =>
    sweepPassing(
      defaultLakeBounds.passingForMs,
      { objects, clock: { now: () => new Date(Date.now() + minutes * 60_000) } },
      new AbortController().signal,
    )

  it('is deleted where its request is over: a dry run after an hour, a file that nobody fetches after a day, all of a user after a week', async () => {
    const [dryRun, file, all, said] = ['upload/s/1', 'download/s/2/0', 'export/s/4/0', 'raw/s/a/3']
    for (const key of [dryRun, file, all, said]) await objects.put(key, new Uint8Array([1]))
    expect(await after(59)).toBe(0)
    expect(await after(61)).toBe(1)
    expect(await left()).toEqual([file, all, said])
    expect(await after(24 * 60 + 1)).toBe(1)
    expect(await after(7 * 24 * 60 - 1)).toBe(0)
    expect(await after(7 * 24 * 60 + 1)).toBe(1)
    expect(await left()).toEqual([said])
  })
})
