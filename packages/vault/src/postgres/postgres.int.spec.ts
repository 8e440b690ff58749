import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { startPostgres, type TestPostgres } from '@pf/eventing/testing'
import { describeVault } from '../describe-vault.ts'
import { Credential, RefreshToken, SigningKey, vaultEntities } from './entities.ts'
import { isVaultEmpty, openVault } from './index.ts'
import { vaultMigrations } from './migrations.ts'

let postgres: TestPostgres
let orm: MikroORM
const masterKey = new Uint8Array(32).fill(7)

beforeAll(async () => {
  postgres = await startPostgres()
  orm = await MikroORM.init({
    clientUrl: postgres.url,
    entities: [...vaultEntities],
    extensions: [Migrator],
    migrations: { migrationsList: vaultMigrations, snapshot: false },
    logger: () => undefined,
  })
  await orm.migrator.up()
}, 60_000)
afterAll(async () => {
  await orm?.close(true)
  await postgres?.stop()
})

describeVault('Postgres', () => openVault({ orm, masterKey }))

describe('the vault of a database', () => {
  it('opens under no other master key', async () => {
    const { keys } = await openVault({ orm, masterKey })
    await keys.createSpaceKey('one')
    expect(await isVaultEmpty(orm)).toBe(false)
    const other = openVault({ orm, masterKey: new Uint8Array(32).fill(8) })
    await expect(other).rejects.toMatchObject({ code: 'master_key_wrong' })
  })

  it('keeps one key where two processes make it at once', async () => {
    const [one, other] = await Promise.all([openVault({ orm, masterKey }), openVault({ orm, masterKey })])
    await Promise.all([one.keys.createSpaceKey('both'), other.keys.createSpaceKey('both')])
    const { keyId, bytes } = await one.keys.seal('both', new Uint8Array([1]), '')
    expect(await other.keys.open('both', keyId, bytes, '')).toEqual(new Uint8Array([1]))
  })

  it('lets one process at a time change a secret', async () => {
    const boxes = await Promise.all(Array.from({ length: 3 }, () => openVault({ orm, masterKey })))
    const add = ({ secrets }: (typeof boxes)[number]) =>
      secrets.exclusively('shared', async () => {
        const read = await secrets.read('shared')
        const next = Number(read === undefined ? 0 : new TextDecoder().decode(read)) + 1
        await secrets.write('shared', new TextEncoder().encode(String(next)))
      })
    await Promise.all([...boxes, ...boxes].map(add))
    expect(new TextDecoder().decode(await boxes[0]!.secrets.read('shared'))).toBe('6')
  })

  it('holds no key and no secret in the clear', async () => {
    const { secrets } = await openVault({ orm, masterKey })
    await secrets.write('token', new TextEncoder().encode('hunter2'))
    const rows = await orm.em.fork().execute("select encode(sealed, 'escape') as text from vault.secrets")
    expect(JSON.stringify(rows)).not.toContain('hunter2')
  })
})

describe("auth's tables", () => {
  const at = new Date('2026-11-22T22:00:00Z')
  const user = (username: string) => ({
    userId: crypto.randomUUID(),
    spaceId: crypto.randomUUID(),
    username,
    passwordHash: '$argon2id$',
    roles: ['user', 'operator'],
    createdAt: at,
  })

  it('know a person by any case of the name, once', async () => {
    await orm.em.fork().insert(Credential, user('Alice'))
    await expect(orm.em.fork().insert(Credential, user('aLICE'))).rejects.toMatchObject({ code: '23505' })
    const found = await orm.em.fork().findOneOrFail(Credential, { username: 'Alice' })
    expect(found).toMatchObject({ roles: ['user', 'operator'], createdAt: at })
  })

  it('keep tokens and signing keys as they were written', async () => {
    const token = { hash: 'h', family: crypto.randomUUID(), userId: crypto.randomUUID(), issuedAt: at, expiresAt: at }
    await orm.em.fork().insert(RefreshToken, token)
    expect(await orm.em.fork().findOneOrFail(RefreshToken, { hash: 'h' })).toMatchObject({ ...token, usedAt: null })
    const key = {
      kid: 'k',
      sealedPrivateJwk: new Uint8Array([1, 2]),
      publicJwk: { kty: 'EC' },
      createdAt: at,
      retiresAt: at,
    }
    await orm.em.fork().insert(SigningKey, key)
    expect(await orm.em.fork().findOneOrFail(SigningKey, { kid: 'k' })).toMatchObject(key)
  })
})
