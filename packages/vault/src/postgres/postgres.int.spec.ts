import type { MikroORM } from '@mikro-orm/postgresql'
import { eventually } from '@pf/eventing/testing'
import { describeVault } from '../describe-vault.ts'
import { beginErasureLedger, ledgerInMemory, openErasureLedger } from '../ledger/index.ts'
import { startVaultDatabase, type VaultDatabase } from '../testing/index.ts'
import { Credential, RefreshToken, SigningKey } from './entities.ts'
import { isVaultEmpty, openHolders, openLedgerOf, openVault, retireErased } from './index.ts'

let database: VaultDatabase
let orm: MikroORM
const masterKey = new Uint8Array(32).fill(7)

beforeAll(async () => {
  database = await startVaultDatabase()
  orm = database.orm
}, 60_000)
afterAll(async () => {
  await database?.stop()
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

describe('a key that another process rotated', () => {
  it('opens what was sealed under its newest generation', async () => {
    const [one, other] = await Promise.all([openVault({ orm, masterKey }), openVault({ orm, masterKey })])
    await one.keys.createSpaceKey('rotated')
    await other.keys.seal('rotated', new Uint8Array([1]), '')
    await one.keys.rotate('rotated')
    const { keyId, bytes } = await one.keys.seal('rotated', new Uint8Array([1]), '')
    expect(await other.keys.open('rotated', keyId, bytes, '')).toEqual(new Uint8Array([1]))
  })
})

describe('the erasure ledger of a vault', () => {
  const made = { now: () => new Date('2026-03-01T10:00:00.000Z'), uuid: () => crypto.randomUUID() }
  beforeEach(() => orm.em.fork().execute('delete from vault.erasure_ledger'))

  it('is begun, known again, and grows', async () => {
    const place = ledgerInMemory()
    const ledger = await openLedgerOf(orm, place, made)
    await ledger.append({ fact: 'erased', erasureId: 'a' })
    const again = await openLedgerOf(orm, place, made)
    expect(again.id).toBe(ledger.id)
    expect(await again.entries()).toHaveLength(2)
  })

  it('may be newer than the vault: that one was restored', async () => {
    const place = ledgerInMemory()
    await openLedgerOf(orm, place, made)
    const ahead = await openErasureLedger(place, made)
    await ahead?.append({ fact: 'erased', erasureId: 'a' })
    expect(await (await openLedgerOf(orm, place, made)).entries()).toHaveLength(2)
  })

  it('is refused where it is missing, older, or of another installation', async () => {
    const place = ledgerInMemory()
    const ledger = await openLedgerOf(orm, place, made)
    await ledger.append({ fact: 'erased', erasureId: 'a' })
    const older = { ...place, numbers: async () => [1] }
    const other = ledgerInMemory()
    await beginErasureLedger(other, made)
    await expect(openLedgerOf(orm, ledgerInMemory(), made)).rejects.toMatchObject({ code: 'ledger_missing' })
    await expect(openLedgerOf(orm, older, made)).rejects.toMatchObject({ code: 'ledger_old' })
    await expect(openLedgerOf(orm, other, made)).rejects.toMatchObject({ code: 'ledger_other' })
  })
})

describe('a vault that was restored', () => {
  it('has no key of what the ledger names, and makes none', async () => {
    const { keys } = await openVault({ orm, masterKey })
    for (const space of ['gone', 'stays']) {
      await keys.createSpaceKey(space)
      for (const account of ['a', 'b']) await keys.createAccountKey(space, account)
    }
    await retireErased(orm, [
      { scope: { of: 'space', spaceId: 'gone' } },
      { scope: { of: 'connection', spaceId: 'stays', connectionId: 'c', accountIds: ['a'] } },
    ])
    const left = await orm.em
      .fork()
      .execute("select space_id, account_id from vault.keys where space_id in ('gone', 'stays') order by account_id")
    expect(left).toEqual([
      { space_id: 'stays', account_id: '' },
      { space_id: 'stays', account_id: 'b' },
    ])
    const again = await openVault({ orm, masterKey })
    await expect(again.keys.createAccountKey('gone', 'c')).rejects.toMatchObject({ name: 'KeyMissing' })
    await expect(again.keys.createAccountKey('stays', 'a')).rejects.toMatchObject({ name: 'KeyMissing' })
  })
})

describe('processes that hold keys', () => {
  const open = (name: string) => openHolders<string>(orm, { name, id: crypto.randomUUID(), onError: () => undefined })
  const word = () => ({ id: crypto.randomUUID(), kind: 'drop' as const, scope: 'a space' })

  it('all hear a word, and it is told when the last one has done as it says', async () => {
    const [one, other] = [await open('one'), await open('other')]
    const heard: string[] = []
    one.onWord(async () => void heard.push('one'))
    const done = Promise.withResolvers<void>()
    other.onWord(async () => done.promise.then(() => void heard.push('other')))
    const telling = one.tell(word(), 20_000)
    const early = await Promise.race([
      telling.then(() => 'told'),
      eventually(() => expect(heard).toHaveLength(1)).then(() => 'waits'),
    ])
    expect(early).toBe('waits')
    done.resolve()
    await telling
    expect(heard.sort()).toEqual(['one', 'other'])
    for (const holder of [one, other]) await holder.stop()
  }, 40_000)

  it('are named where they do not answer, and heard when they do at last', async () => {
    const holder = await open('stubborn')
    let failures = 0
    holder.onWord(async () => {
      if (failures++ === 0) throw new Error('not now')
    })
    const said = word()
    await expect(holder.tell(said, 0)).rejects.toThrow(/stubborn did not answer/)
    await holder.tell(said, 20_000)
    await holder.stop()
  }, 40_000)

  it('are waited for no more when they have left', async () => {
    const [one, other] = [await open('one'), await open('leaves')]
    await other.stop()
    await one.tell(word(), 20_000)
    await one.stop()
  }, 40_000)
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
