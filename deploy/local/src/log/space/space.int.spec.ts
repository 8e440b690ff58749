import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectionEvents, contexts } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import type { ServerPlatform } from '@pf/service-kit'
import { loadMasterKey } from '@pf/vault'
import { ApiToken, Credential, moveOf, SecurityEvent, spaceStateOf } from '@pf/vault/postgres'
import { erasures } from '../erasures.ts'
import { withInstallation } from '../installation.ts'
import { root } from '../root.ts'
import { showHistory } from '../show.ts'
import { space as command } from '../space-commands.ts'
import {
  marker,
  space,
  startInstallation,
  type TestInstallation,
  user,
  uuid,
  writeLog,
} from '../testing/written-log.ts'
import { verify } from '../verify.ts'
import { importSpace } from './import-space.ts'
import { readSpaceManifest, type SpaceManifest, writeSpaceManifest } from './space-manifest.ts'

const account = uuid(70)
const connection = uuid(71)
const rawKey = `raw/${space}/${account}/answer.zst`
const other = { space: uuid(801), user: uuid(802) }
const erasedConnection = { of: 'connection', spaceId: space, connectionId: uuid(72), accountIds: [uuid(73)] } as const
const address = 'https://two.example'

let source: TestInstallation
let target: TestInstallation
let platform: ServerPlatform
let folders: string
let key: string
let moved: string
let transport: Uint8Array

const credential = (userId: string, spaceId: string, username: string) => ({
  userId,
  spaceId,
  username,
  passwordHash: '$argon2id$of-the-password',
  roles: ['user', 'operator'],
  createdAt: new Date(),
})

async function connect(): Promise<void> {
  const { eventLog: log, keys: sealer, clock, ids } = platform
  const decider = { initial: 0, decide: (events: object[]) => events as never[], evolve: (count: number) => count + 1 }
  const handler = createCommandHandler({ ...connectionEvents, decider }, { log, sealer, clock, ids })
  const requested = {
    connectionId: connection,
    spaceId: space,
    provider: 'sandbox',
    institution: { id: 'BANK', name: 'A bank', logo: '' },
    requestedBy: user,
    requestedAt: '2026-11-01T12:00:00Z',
  }
  const created = {
    connectionId: connection,
    requisitionId: 'link-1',
    agreementId: 'agreement-1',
    link: 'https://bank.example/consent',
    referenceSha256: '0'.repeat(64),
    attemptSha256: '0'.repeat(64),
    historyDays: 90,
    consentDays: 90,
    createdAt: '2026-11-01T12:00:00Z',
  }
  const events = [
    { type: 'ConnectionRequested', data: requested },
    { type: 'RequisitionCreated', data: created },
  ]
  await handler.handle({ spaceId: space, aggregateId: connection }, events, { commandId: 'connect' })
}

/** What there is of the space at the target. */
async function left(spaceId: string) {
  return withInstallation('/', target.environment, { makes: false, say: () => undefined }, async (installation) => {
    const orm = await installation.database()
    const log = await installation.eventLog()
    let messages = 0
    for (const context of contexts)
      for await (const _ of log.scan(context, 0, new AbortController().signal, spaceId)) messages += 1
    const objects = await readdir(join(target.dataDir, 'objects', 'raw', spaceId)).catch(() => [])
    return { messages, objects, state: await spaceStateOf(orm, spaceId), way: (await moveOf(orm, spaceId))?.way }
  })
}
const nothing = { messages: 0, objects: [], state: 'none', way: undefined }

/** The folder with one file changed. */
async function changed(name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const copy = await mkdtemp(join(folders, 'changed-'))
  await cp(moved, copy, { recursive: true })
  await writeFile(join(copy, name), change(await readFile(join(copy, name))))
  return copy
}
const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  copy[Math.floor(copy.length / 2)]! ^= 1
  return copy
}
/** The folder with another manifest, as whoever has the transport key would sign it. */
async function signed(change: (manifest: SpaceManifest) => SpaceManifest): Promise<string> {
  const copy = await mkdtemp(join(folders, 'signed-'))
  await cp(moved, copy, { recursive: true })
  const { manifest } = await readSpaceManifest(copy, transport)
  await rm(join(copy, 'manifest.json'))
  await writeSpaceManifest(copy, change(manifest), transport)
  return copy
}

/** The command as a process of its own, which is killed where it says these words. */
async function killedAt(words: string, ...args: string[]): Promise<void> {
  const main = [join(root, 'deploy/local/src/log/main.ts'), ...args]
  const child = spawn(process.execPath, ['--conditions=@pf/source', '--disable-warning=ExperimentalWarning', ...main], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...target.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.includes(words)) child.kill('SIGKILL')
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect([signal, said]).toEqual(['SIGKILL', expect.stringContaining(words)])
}

/** An import that ends where it says these words. */
async function cutAt(folder: string, words: string): Promise<void> {
  const stop = new AbortController()
  const say = (line: string) => void (line.includes(words) && stop.abort(new Error('killed')))
  const around = { makes: false, writes: true, say }
  const cut = withInstallation('/', target.environment, around, (installation) =>
    importSpace(installation, {
      folder,
      key: transport,
      renamed: { username: asRenamed.username },
      say,
      signal: stop.signal,
    }),
  )
  await expect(cut).rejects.toThrow('killed')
}

beforeAll(async () => {
  ;[source, target] = await Promise.all([startInstallation(), startInstallation()])
  folders = await mkdtemp(join(tmpdir(), 'pf-space-'))
  key = join(folders, 'transport.key')
  moved = join(folders, 'moved')
  platform = await source.platform()
  await writeLog(platform)
  await connect()
  const { keys, objects, secrets, orm, ledger } = platform
  await keys.createAccountKey(space, account)
  await objects.put(rawKey, await keys.sealObject(space, account, Buffer.from(marker)))
  await secrets.write('provider/enable-banking/link/link-1', Buffer.from('hunter2'))
  await secrets.write('provider/enable-banking/link/of-another', Buffer.from('not mine'))
  await ledger.append({ fact: 'erasing', erasureId: 'e1', scope: erasedConnection })
  await ledger.append({ fact: 'erased', erasureId: 'e1' })
  const em = orm.em.fork()
  await em.insert(Credential, credential(user, space, marker))
  const token = { id: uuid(90), hash: 'of-a-token', userId: user, name: 'Script', scopes: ['read'] }
  await em.insert(ApiToken, { ...token, createdAt: new Date() })
  const code = Buffer.from(secrets.seal(`totp/${user}`, Buffer.from('of the app'))).toString('hex')
  await em.execute(`insert into vault.totp (user_id, sealed_secret, started_at) values (?, decode(?, 'hex'), now())`, [
    user,
    code,
  ])
  const { keyId, bytes } = await keys.seal(space, Buffer.from('null'), `security-event|${uuid(91)}`)
  const event = {
    id: uuid(91),
    userId: user,
    spaceId: space,
    action: 'signed_in',
    sessionId: null,
    keyId,
    sealed: bytes,
  }
  await em.insert(SecurityEvent, { ...event, at: new Date() })
  await keys.createSpaceKey(other.space)
  await em.insert(Credential, credential(other.user, other.space, 'neighbour'))
  // Somebody lives at the target, who has the name, too.
  const neighbour = await target.platform()
  await neighbour.keys.createSpaceKey(uuid(901))
  await neighbour.orm.em.fork().insert(Credential, credential(uuid(902), uuid(901), marker.toLowerCase()))
  await writeOther(neighbour, uuid(901), 7)
  await writeOther(platform, other.space, 2)
}, 120_000)
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()])
  await rm(folders, { recursive: true, force: true })
})

/** Messages of somebody else, so that sequences differ. */
async function writeOther({ eventLog: log, keys: sealer, clock, ids }: ServerPlatform, spaceId: string, count: number) {
  const decider = { initial: 0, decide: (events: object[]) => events as never[], evolve: (n: number) => n + 1 }
  const handler = createCommandHandler({ ...connectionEvents, decider }, { log, sealer, clock, ids })
  for (let n = 0; n < count; n++) {
    const data = { connectionId: connection, friendlyName: `Name ${n}` }
    await handler.handle({ spaceId, aggregateId: connection }, [{ type: 'ConnectionRenamed', data }], {
      commandId: `rename-${n}`,
    })
  }
}

const asRenamed = { key: '', username: 'marmalade-two' }

describe('space export', () => {
  it('refuses whom nobody knows, and writes nothing', async () => {
    const options = { to: moved, key, address }
    await expect(source.run(command, ['export', 'nobody'], options)).rejects.toMatchObject({ code: 'space_unknown' })
    await expect(stat(moved)).rejects.toThrow('ENOENT')
  })

  it('takes no master key for the transport key: it would open everybody', async () => {
    const options = { to: moved, key: join(source.dataDir, 'master.key'), address }
    await expect(source.run(command, ['export', marker], options)).rejects.toMatchObject({ code: 'transport_key_same' })
    expect(await platform.leaving()).toEqual(new Set())
  })

  it('holds all that the space is made of, and nothing that can be read', async () => {
    const { code, out } = await source.run(command, ['export', marker.toUpperCase()], { to: moved, key, address })
    expect(code).toBe(0)
    expect(out[0]).toMatch(/5 messages, 1 raw objects/)
    transport = await loadMasterKey(key, { isVaultEmpty: async () => false })
    asRenamed.key = key
    const { manifest } = await readSpaceManifest(moved, transport)
    expect(manifest).toMatchObject({
      spaceId: space,
      rows: { keys: 2, credentials: 1, secrets: 1, api_tokens: 1, totp: 1, security_events: 1 },
      secrets: ['provider/enable-banking/link/link-1'],
      providers: ['sandbox'],
      erased: [{ erasureId: 'e1', connectionId: erasedConnection.connectionId }],
    })
    const files = (await readdir(moved, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const masterKey = (await readFile(join(source.dataDir, 'master.key'), 'utf8')).trim()
    for (const { parentPath, name } of files) {
      const text = await readFile(join(parentPath, name), 'latin1')
      const readable = [marker, 'hunter2', 'argon2', masterKey, 'A bank', 'not mine'].filter((one) =>
        text.includes(one),
      )
      expect([name, readable, (await stat(join(parentPath, name))).mode & 0o077]).toEqual([name, [], 0])
    }
  })

  it('leaves the space standing still: it opens and seals nothing more, and others go on', async () => {
    const { keys } = platform
    await expect(keys.seal(space, new Uint8Array([1]), '')).rejects.toMatchObject({ code: 'space_held' })
    await expect(keys.sealObject(space, account, new Uint8Array([1]))).rejects.toMatchObject({ code: 'space_held' })
    expect((await source.run(showHistory, [user], { open: true })).out.join()).toContain(marker)
    expect((await keys.seal(other.space, new Uint8Array([1]), '')).bytes.length).toBeGreaterThan(0)
    expect(await platform.leaving()).toEqual(new Set([space]))
  })
})

describe('space import refuses, and leaves nothing behind,', () => {
  const refused = async (folder: string, code: string, options: Record<string, string> = asRenamed) => {
    await expect(target.run(command, ['import', folder], options)).rejects.toMatchObject({ code })
    expect(await left(space)).toEqual(nothing)
  }

  it('while the system runs', async () => {
    await refused(moved, 'vault_in_use')
    await target.close()
  })

  it('a folder that is no export', () => refused(folders, 'export_missing'))

  it('another transport key, and none', async () => {
    const wrong = join(folders, 'wrong.key')
    await loadMasterKey(wrong, { isVaultEmpty: async () => true })
    await refused(moved, 'transport_key_wrong', { ...asRenamed, key: wrong })
    await refused(moved, 'transport_key_missing', { ...asRenamed, key: join(folders, 'none.key') })
  })

  it('a user name that somebody has', () => refused(moved, 'username_taken', { key }))

  it('a user who signs in by what is not here', () =>
    refused(moved, 'identity_unusable', { ...asRenamed, issuer: 'https://keycloak.example', subject: 'sam' }))

  it.each(['log/auth.jsonl', 'vault.sealed', 'manifest.json', `objects/${rawKey}`])(
    'one whose %s was changed',
    async (name) => refused(await changed(name, flipped), 'backup_damaged'),
  )

  it.each<[string, string, (manifest: SpaceManifest) => SpaceManifest]>([
    ['event', 'backup_newer', (said) => ({ ...said, events: { ...said.events, 'auth.UserRegistered': 99 } })],
    ['migration', 'backup_newer', (said) => ({ ...said, migrations: [...said.migrations, 'vault_0099_shoes'] })],
    ['format', 'export_newer', (said) => ({ ...said, format: 2 as 1 })],
    ['provider', 'provider_missing', (said) => ({ ...said, providers: ['nordigen'] })],
  ])('one with another %s than is known here', async (_, code, change) => refused(await signed(change), code))
})

describe('space import', () => {
  it('that was cut off lets nobody start, and may be given up: nothing is left, and no gap is unexplained', async () => {
    const folder = join(folders, 'other')
    await source.run(command, ['export', 'neighbour'], { to: folder, key, address })
    await cutAt(folder, 'Every message and every object')
    await expect(target.platform()).rejects.toMatchObject({ code: 'move_unfinished' })
    expect(await left(other.space)).toMatchObject({ messages: 2, state: 'there', way: 'arriving' })
    expect((await target.run(command, ['withdraw', folder], { key })).code).toBe(0)
    expect(await left(other.space)).toEqual(nothing)
    expect((await target.run(verify)).out.at(-1)).toBe('No fault.')
    await expect(target.run(command, ['withdraw', folder], { key })).rejects.toMatchObject({ code: 'not_arriving' })
  })

  it('goes on where it was killed, and brings each message once, under its ids, opened by the master key here', async () => {
    await killedAt('connection: ', 'space', 'import', moved, '--key', key, '--username', asRenamed.username)
    const half = await left(space)
    expect([half.way, half.messages > 0]).toEqual(['arriving', true])
    // A process that was killed counts as running for a while, where it had come so far as to open the vault.
    const { code, out } = await eventually(() => target.run(command, ['import', moved], asRenamed), 30_000)
    expect([code, out[0]]).toEqual([0, expect.stringContaining('5 messages, 1 raw objects')])
    expect(await left(space)).toMatchObject({ messages: 5, state: 'there', way: 'arrived' })
    expect((await target.run(verify, [], { open: true })).out.at(-1)).toBe('No fault.')
    expect((await target.run(showHistory, [user], { open: true })).out.join()).toContain(marker)
    const here = await target.platform()
    expect(Buffer.from(await here.keys.openObject(space, account, await here.objects.get(rawKey))).toString()).toBe(
      marker,
    )
    expect(Buffer.from((await here.secrets.read('provider/enable-banking/link/link-1')) ?? []).toString()).toBe(
      'hunter2',
    )
    expect(await here.secrets.read('provider/enable-banking/link/of-another')).toBeUndefined()
    const em = here.orm.em.fork()
    expect(await em.findOneOrFail(Credential, { userId: user })).toMatchObject({
      username: asRenamed.username,
      passwordHash: '$argon2id$of-the-password',
      roles: ['user'],
    })
    expect(await em.count(ApiToken, { userId: user, hash: 'of-a-token' })).toBe(1)
    expect(await em.count(SecurityEvent, { userId: user })).toBe(1)
    const [second] = await em.execute<{ hex: string }[]>(
      `select encode(sealed_secret, 'hex') as hex from vault.totp where user_id = ?`,
      [user],
    )
    const sealed = new Uint8Array(Buffer.from(second?.hex ?? '', 'hex'))
    expect(Buffer.from(here.secrets.open(`totp/${user}`, sealed)).toString()).toBe('of the app')
    // What was erased at the old cell is erased here.
    await expect(here.keys.createAccountKey(space, erasedConnection.accountIds[0])).rejects.toMatchObject({
      name: 'KeyMissing',
    })
    expect((await here.keys.seal(space, new Uint8Array([1]), '')).bytes.length).toBeGreaterThan(0)
  })

  it('that is repeated changes nothing, also while the system runs', async () => {
    expect((await target.run(command, ['import', moved], asRenamed)).out[0]).toContain('is here, all of it')
    expect(await left(space)).toMatchObject({ messages: 5 })
  })

  it('takes the space of no other export', async () => {
    const again = join(folders, 'again')
    const options = { to: again, key, address }
    await expect(source.run(command, ['export', space], options)).rejects.toMatchObject({ code: 'exported_already' })
    await source.run(command, ['release', space])
    await source.run(command, ['export', space], options)
    await expect(target.run(command, ['import', again], asRenamed)).rejects.toMatchObject({ code: 'space_exists' })
    await expect(source.run(command, ['erase', moved], { key })).rejects.toMatchObject({ code: 'not_leaving' })
    moved = again
  })
})

describe('at the old cell', () => {
  it('nothing is erased without the word of the new one', async () => {
    await expect(source.run(command, ['erase', moved], { key })).rejects.toMatchObject({ code: 'receipt_missing' })
    // Nor by the word of this one.
    expect((await source.run(erasures)).out).toEqual(['Nothing waits to be erased.'])
  })

  it('what stays after all seals again', async () => {
    expect((await source.run(command, ['release', 'neighbour'])).code).toBe(0)
    expect((await platform.keys.seal(other.space, new Uint8Array([1]), '')).bytes.length).toBeGreaterThan(0)
    await expect(source.run(command, ['release', 'neighbour'])).rejects.toMatchObject({ code: 'not_leaving' })
  })
})
