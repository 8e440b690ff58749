import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { loadMasterKey, nextMasterKey, takeNextMasterKey } from '../master-key.ts'
import { startVaultDatabase, type VaultDatabase } from '../testing/index.ts'
import { SigningKey } from './entities.ts'
import { keyOverview, masterKeyOf, openHolders, openVault, rewrapVault, rotateKeys } from './index.ts'

let database: VaultDatabase
let orm: MikroORM
let folder: string
let path: string
const at = new Date('2026-11-28T12:00:00Z')
const text = (plain: string) => new TextEncoder().encode(plain)

beforeAll(async () => {
  database = await startVaultDatabase()
  orm = database.orm
}, 60_000)
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pf-rewrap-'))
  path = join(folder, 'master.key')
  await orm.em
    .fork()
    .execute('truncate vault.keys, vault.secrets, vault.signing_keys, vault.totp, vault.retired, vault.holders')
})
afterEach(() => rm(folder, { recursive: true }))
afterAll(async () => {
  await database?.stop()
})

const userId = '018f0000-0000-7000-8000-00000000b001'

/** A vault with more rows than one batch has, a secret and a signing key; and what was sealed in it. */
async function filledVault() {
  const masterKey = await masterKeyOf(orm, { of: 'file', path }, { makes: true })
  const { keys, secrets } = await openVault({ orm, masterKey })
  await keys.createSpaceKey('s')
  await Promise.all(Array.from({ length: 600 }, (_, n) => keys.createAccountKey('s', `account-${n}`)))
  const body = await keys.seal('s', text('payment'), 'place')
  const object = await keys.sealObject('s', 'account-599', text('page'))
  await secrets.write('token', text('hunter2'))
  const sealedPrivateJwk = secrets.seal('signing-key/k', text('{}'))
  await orm.em.fork().insert(SigningKey, { kid: 'k', sealedPrivateJwk, publicJwk: {}, createdAt: at, retiresAt: at })
  const totp = Buffer.from(secrets.seal(`totp/${userId}`, text('twenty bytes'))).toString('hex')
  const columns = '(user_id, sealed_secret, started_at)'
  await orm.em.fork().execute(`insert into vault.totp ${columns} values (?, decode(?, 'hex'), ?)`, [userId, totp, at])
  return { masterKey, body, object }
}

type Filled = Awaited<ReturnType<typeof filledVault>>

async function expectOpenUnder(masterKey: Uint8Array, { body, object }: Filled) {
  const { keys, secrets } = await openVault({ orm, masterKey })
  expect(await keys.open('s', body.keyId, body.bytes, 'place')).toEqual(text('payment'))
  expect(await keys.openObject('s', 'account-599', object)).toEqual(text('page'))
  expect(await secrets.read('token')).toEqual(text('hunter2'))
  const { sealedPrivateJwk } = await orm.em.fork().findOneOrFail(SigningKey, { kid: 'k' })
  expect(secrets.open('signing-key/k', sealedPrivateJwk)).toEqual(text('{}'))
  const [totp] = await orm.em
    .fork()
    .execute<{ hex: string }[]>("select encode(sealed_secret, 'hex') as hex from vault.totp")
  expect(secrets.open(`totp/${userId}`, new Uint8Array(Buffer.from(totp?.hex ?? '', 'hex')))).toEqual(
    text('twenty bytes'),
  )
}

describe('a new master key', () => {
  it('opens all that the old one did, which opens nothing any more', async () => {
    const filled = await filledVault()
    const to = await nextMasterKey(path)
    expect(await rewrapVault(orm, { from: filled.masterKey, to })).toEqual({
      keys: 601,
      secrets: 1,
      signingKeys: 1,
      secondFactors: 1,
    })
    await takeNextMasterKey(path)
    expect(await masterKeyOf(orm, { of: 'file', path }, { makes: false })).toEqual(to)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await expectOpenUnder(to, filled)
    await expect(openVault({ orm, masterKey: filled.masterKey })).rejects.toMatchObject({ code: 'master_key_wrong' })
  })

  it('is the same one after a kill before the vault is wrapped, and the old one opens until then', async () => {
    const filled = await filledVault()
    const to = await nextMasterKey(path)
    expect(await masterKeyOf(orm, { of: 'file', path }, { makes: false })).toEqual(filled.masterKey)
    expect(await nextMasterKey(path)).toEqual(to)
  })

  it('is taken after a kill between the wrapping and the file, also by starts at once', async () => {
    const filled = await filledVault()
    const to = await nextMasterKey(path)
    await rewrapVault(orm, { from: filled.masterKey, to })
    // Killed here: the file still holds the old one.
    expect(await loadMasterKey(path, { isVaultEmpty: async () => false })).toEqual(filled.masterKey)
    const starts = Array.from({ length: 4 }, () => masterKeyOf(orm, { of: 'file', path }, { makes: true }))
    expect(await Promise.all(starts)).toEqual([to, to, to, to])
    expect(await loadMasterKey(path, { isVaultEmpty: async () => false })).toEqual(to)
    await expectOpenUnder(to, filled)
    expect(await rewrapVault(orm, { from: filled.masterKey, to })).toBeUndefined()
  })

  it('is refused while a process lives that holds the old one, and nothing has changed', async () => {
    const filled = await filledVault()
    const holder = await openHolders(orm, { name: 'auth', id: 'one', onError: () => undefined })
    const rewrapping = rewrapVault(orm, { from: filled.masterKey, to: await nextMasterKey(path) })
    await expect(rewrapping).rejects.toMatchObject({ code: 'vault_in_use', message: expect.stringContaining('auth') })
    await expectOpenUnder(filled.masterKey, filled)
    await holder.stop()
  })

  it('wraps all or nothing: a row that does not open leaves everything as it was', async () => {
    const filled = await filledVault()
    await orm.em
      .fork()
      .execute("update vault.signing_keys set sealed_private_jwk = sealed_private_jwk || '\\x00'::bytea")
    const rewrapping = rewrapVault(orm, { from: filled.masterKey, to: await nextMasterKey(path) })
    await expect(rewrapping).rejects.toMatchObject({ code: 'seal_broken' })
    const { keys } = await openVault({ orm, masterKey: filled.masterKey })
    expect(await keys.open('s', filled.body.keyId, filled.body.bytes, 'place')).toEqual(text('payment'))
  })
})

describe('new sealing keys', () => {
  it('are for a space and its accounts, or for everyone, and counted', async () => {
    const { keys } = await openVault({ orm, masterKey: await masterKeyOf(orm, { of: 'file', path }, { makes: true }) })
    await keys.createSpaceKey('one')
    await keys.createAccountKey('one', 'a')
    await keys.createSpaceKey('two')
    await keys.createSpaceKey('gone')
    await keys.retire({ spaceId: 'gone' })
    expect(await rotateKeys(orm, 'one')).toBe(2)
    expect(await rotateKeys(orm)).toBe(3)
    expect(await rotateKeys(orm, 'gone')).toBe(0)
    expect(await keyOverview(orm)).toEqual({
      keys: [
        { owner: 'space', generation: 2, count: 1 },
        { owner: 'space', generation: 3, count: 1 },
        { owner: 'account', generation: 3, count: 1 },
      ],
      secrets: 0,
      signingKeys: 0,
      retired: 1,
    })
  })

  it('are sealed under by a process that holds the old one, a minute later', async () => {
    let nowMs = 0
    const masterKey = await masterKeyOf(orm, { of: 'file', path }, { makes: true })
    const { keys } = await openVault({ orm, masterKey, nowMs: () => nowMs })
    await keys.createSpaceKey('one')
    const before = await keys.seal('one', text('old'), '')
    await rotateKeys(orm, 'one')
    expect((await keys.seal('one', text('held'), '')).keyId).toBe(before.keyId)
    nowMs += 61_000
    expect((await keys.seal('one', text('new'), '')).keyId).toBe(before.keyId.replace(/1$/, '2'))
    expect(await keys.open('one', before.keyId, before.bytes, '')).toEqual(text('old'))
  })
})
