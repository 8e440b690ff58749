import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keys } from './keys.ts'
import { space, startInstallation, type TestInstallation, uuid, writeLog } from './testing/written-log.ts'
import { verify } from './verify.ts'

let installation: TestInstallation
beforeAll(async () => {
  installation = await startInstallation()
  await writeLog(await installation.platform())
}, 120_000)
afterAll(() => installation?.stop())

const masterKeyFile = () => join(installation.dataDir, 'master.key')

describe('log keys', () => {
  it('counts what the vault holds', async () => {
    const { code, out } = await installation.run(keys)
    expect(code).toBe(0)
    expect(out[1]).toMatch(/^key of space +1 +1$/)
  })

  it('gives a space a new sealing key; says so where there is none', async () => {
    expect(await installation.json(keys, ['rotate'], { space })).toEqual({ rotated: 1 })
    expect(await installation.json(keys, ['rotate'], { all: true })).toEqual({ rotated: 1 })
    expect(await installation.json(keys)).toMatchObject({ keys: [{ owner: 'space', generation: 3, count: 1 }] })
    const unknown = installation.run(keys, ['rotate'], { space: uuid(99) })
    await expect(unknown).rejects.toMatchObject({ code: 'no_such_space' })
  })

  it('wants to be told whose', async () => {
    await expect(installation.run(keys, ['rotate'])).rejects.toThrow('Expected: npm run log -- keys')
    await expect(installation.run(keys, ['rotate'], { space, all: true })).rejects.toThrow('Expected')
    await expect(installation.run(keys, ['forget'])).rejects.toThrow('Expected')
  })

  it('makes no new master key while the system runs, and leaves none behind', async () => {
    await expect(installation.run(keys, ['rewrap'])).rejects.toMatchObject({ code: 'vault_in_use' })
    await expect(access(`${masterKeyFile()}.next`)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('makes a new master key of a system that is stopped, which opens every body', async () => {
    const before = await readFile(masterKeyFile(), 'utf8')
    await installation.close()
    const { out } = await installation.run(keys, ['rewrap'])
    const after = await readFile(masterKeyFile(), 'utf8')
    expect(after).not.toBe(before)
    expect(out.join()).not.toContain(after.trim())
    expect(out[0]).toContain('1 keys, 0 secrets')
    expect((await installation.run(verify, [], { open: true })).code).toBe(0)
    await (await installation.platform()).keys.createSpaceKey(uuid(3))
  })

  it('writes the new one to a file that is named, where the key is in the environment', async () => {
    await installation.close()
    const held = (await readFile(masterKeyFile(), 'utf8')).trim()
    const file = join(installation.dataDir, 'new.key')
    const elsewhere = installation.with({ PF_MASTER_KEY: held })
    await expect(elsewhere.run(keys, ['rewrap'])).rejects.toMatchObject({ code: 'master_key_elsewhere' })
    await expect(elsewhere.run(keys, ['rewrap'], { to: masterKeyFile() })).rejects.toMatchObject({
      code: 'master_key_same',
    })
    const { out } = await elsewhere.run(keys, ['rewrap'], { to: file })
    const made = (await readFile(file, 'utf8')).trim()
    expect(out[0]).toContain('2 keys, 0 secrets')
    expect(out.join()).not.toContain(made)
    // Killed before anybody was told: it goes on with the same file.
    expect(await elsewhere.json(keys, ['rewrap'], { to: file })).toMatchObject({ resumed: true })
    const replaced = installation.with({ PF_MASTER_KEY: made })
    expect((await replaced.run(verify, [], { open: true })).code).toBe(0)
    await expect(elsewhere.run(verify, [], { open: true })).rejects.toMatchObject({ code: 'master_key_wrong' })
  })
})
