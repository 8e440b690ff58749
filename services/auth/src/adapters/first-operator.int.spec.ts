import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemSpace } from '@pf/contracts'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { openVault } from '@pf/vault/postgres'
import { startVaultDatabase, type VaultDatabase } from '@pf/vault/testing'
import { firstOperator, firstOperatorFile } from './first-operator.ts'

describe('the one-time code of the first operator', () => {
  let database: VaultDatabase
  beforeAll(async () => {
    database = await startVaultDatabase()
  }, 60_000)
  afterAll(async () => {
    await database?.stop()
  })

  /** As a process that has just started on this database. */
  async function started(publicUrl: string) {
    const platform = await createMemoryPlatform({ config: { publicUrl } })
    const { orm } = database
    const { keys } = await openVault({ orm, masterKey: new Uint8Array(32).fill(7) })
    await keys.createSpaceKey(systemSpace)
    return { keys, platform, first: firstOperator({ ...platform, keys }, orm) }
  }

  it('is asked for by nobody on a machine of one’s own', async () => {
    const { first, platform } = await started('http://localhost:3000')
    expect(await first.code()).toBeUndefined()
    await first.tell()
    await expect(stat(join(platform.config.dataDir, firstOperatorFile))).rejects.toThrow('ENOENT')
  })

  it('is one for every replica and over restarts, written for the owner’s eyes, and gone once it was used', async () => {
    const [one, other] = [await started('https://money.example.org'), await started('https://money.example.org')]
    const code = await one.first.code()
    expect(code).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/)
    expect(await other.first.code()).toBe(code)
    await one.first.tell()
    const file = join(one.platform.config.dataDir, firstOperatorFile)
    expect(await readFile(file, 'utf8')).toBe(`${code}\n`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    for (let n = 0; n < 2; n++) await one.first.done()
    await expect(stat(file)).rejects.toThrow('ENOENT')
  })

  it('is another one once whoever used it has been erased', async () => {
    const { first, keys } = await started('https://money.example.org')
    const before = await first.code()
    const spaceId = randomUUID()
    await keys.createSpaceKey(spaceId)
    await keys.retire({ spaceId })
    expect(await first.code()).not.toBe(before)
  })
})
