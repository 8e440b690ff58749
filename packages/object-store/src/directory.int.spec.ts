import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openObjectStore } from './index.ts'
import { describeObjectStore } from './testing/index.ts'

const folders: string[] = []
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'pf-object-store-'))
  folders.push(made)
  return made
}
afterAll(async () => {
  for (const made of folders) await rm(made, { recursive: true, force: true })
})

describeObjectStore('a directory', async () => openObjectStore(pathToFileURL(join(await folder(), 'new')).href))

describe('a directory after a crash', () => {
  it('sweeps what torn writes left, but not what may be written right now', async () => {
    const root = await folder()
    await mkdir(join(root, '~tmp'))
    await writeFile(join(root, '~tmp', 'torn'), 'half')
    await writeFile(join(root, '~tmp', 'running'), 'half')
    const yesterday = new Date(Date.now() - 86_400_000)
    await utimes(join(root, '~tmp', 'torn'), yesterday, yesterday)

    const store = openObjectStore(pathToFileURL(root).href)
    await store.put('raw/a', new Uint8Array([1]))

    expect((await readdir(join(root, '~tmp'))).sort()).toEqual(['raw', 'running'])
    expect(await readdir(join(root, '~tmp', 'raw'))).toEqual([])
    const listed: string[] = []
    for await (const { key } of store.list('')) listed.push(key)
    expect(listed).toEqual(['raw/a'])
  })

  it('takes along, with a folder that is erased, what torn writes left of it', async () => {
    const root = await folder()
    const store = openObjectStore(pathToFileURL(root).href)
    for (const space of ['gone', 'stays'])
      await store.put(`lake/rows/space=${space}/account=a/day=1/x`, new Uint8Array([1]))
    const draftsOf = (space: string) => join(root, '~tmp', 'lake', 'rows', `space=${space}`, 'account=a')
    for (const space of ['gone', 'stays']) await writeFile(join(draftsOf(space), 'torn'), 'half')
    expect(await store.deleteAll('lake/rows/space=gone')).toBe(1)
    expect(existsSync(draftsOf('gone'))).toBe(false)
    expect(await readdir(draftsOf('stays'))).toEqual(['torn'])
    expect(await readdir(join(root, 'lake', 'rows'))).toEqual(['space=stays'])
  })

  it('says what is wrong when the folder cannot be made', async () => {
    const root = await folder()
    await symlink(join(root, 'gone', 'nowhere'), join(root, 'link'))
    const store = openObjectStore(pathToFileURL(join(root, 'link')).href)
    await expect(store.put('raw/a', new Uint8Array([1]))).rejects.toMatchObject({ code: expect.stringMatching(/^E/) })
  })
})
