import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadMasterKey } from './master-key.ts'

const empty = { isVaultEmpty: async () => true }
const inUse = { isVaultEmpty: async () => false }

describe('the master key file', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pf-master-key-'))
    path = join(folder, 'master.key')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is made at the first start, for its owner alone', async () => {
    const key = await loadMasterKey(path, empty)
    expect(key).toHaveLength(32)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toBe(`${Buffer.from(key).toString('base64url')}\n`)
  })

  it('stays the same at every later start', async () => {
    const key = await loadMasterKey(path, empty)
    expect(await loadMasterKey(path, inUse)).toEqual(key)
  })

  it('is one key for two first starts at once', async () => {
    const [one, other] = await Promise.all([loadMasterKey(path, empty), loadMasterKey(path, empty)])
    expect(one).toEqual(other)
  })

  it('is refused when it is gone and the vault holds what it sealed', async () => {
    await expect(loadMasterKey(path, inUse)).rejects.toMatchObject({ code: 'master_key_missing' })
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is refused when others may read it', async () => {
    await loadMasterKey(path, empty)
    await chmod(path, 0o644)
    await expect(loadMasterKey(path, inUse)).rejects.toMatchObject({
      code: 'master_key_open',
      message: expect.stringContaining('chmod 600'),
    })
  })

  it.each(['', 'too short', `${'A'.repeat(44)}`, `${'!'.repeat(43)}`])(
    'is refused when it holds no key: %j',
    async (text) => {
      await writeFile(path, text, { mode: 0o600 })
      await expect(loadMasterKey(path, empty)).rejects.toMatchObject({ code: 'master_key_malformed' })
    },
  )
})
