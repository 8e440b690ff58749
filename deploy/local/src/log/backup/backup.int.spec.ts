import { createHash } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { contexts } from '@pf/contracts'
import type { DeadLetter } from '@pf/eventing'
import type { ServerPlatform } from '@pf/service-kit'
import { beginErasureLedger, ledgerFolder, openErasureLedger } from '@pf/vault/ledger'
import { assertNoRestore, beginRestore, Credential, vaultTablesInUse } from '@pf/vault/postgres'
import { exportBackup, importBackup } from '../backup-commands.ts'
import { withInstallation } from '../installation.ts'
import { showHistory } from '../show.ts'
import { streams } from '../streams.ts'
import { tail } from '../tail.ts'
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
import type { Manifest } from './manifest.ts'

const gone = uuid(900)
const account = uuid(70)
const rawKey = `raw/${space}/${account}/answer.zst`
const goneKey = `raw/${gone}/${account}/answer.zst`

let source: TestInstallation
let target: TestInstallation
let platform: ServerPlatform
let folders: string
let backup: string

const quietly = { makes: true, say: () => undefined }

/** Everything that lies in the target's stores. */
async function contentOf(installation: TestInstallation) {
  const jsm = await jetstreamManager(await installation.nats.connect())
  const names: string[] = []
  for await (const { config } of jsm.streams.list()) names.push(config.name)
  const tables = await withInstallation('/', installation.environment, quietly, async ({ database }) => {
    await assertNoRestore(await database())
    return vaultTablesInUse(await database())
  })
  const objects = await readdir(join(installation.dataDir, 'objects', 'raw')).catch(() => [])
  return { names, tables, objects }
}
const clocks = { now: () => new Date(), uuid: () => crypto.randomUUID() }
const nothing = { names: [], tables: [], objects: [] }

async function withKeys(): Promise<void> {
  await cp(join(source.dataDir, 'master.key'), join(target.dataDir, 'master.key'))
  await rm(join(target.dataDir, 'ledger'), { recursive: true, force: true })
  await cp(join(source.dataDir, 'ledger'), join(target.dataDir, 'ledger'), { recursive: true })
}

/** The backup with one file changed. */
async function changed(name: string, change: (bytes: Buffer) => Buffer): Promise<string> {
  const copy = await mkdtemp(join(folders, 'changed-'))
  await cp(backup, copy, { recursive: true })
  await writeFile(join(copy, name), change(await readFile(join(copy, name))))
  return copy
}
const flipped = (bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  copy[Math.floor(copy.length / 2)]! ^= 1
  return copy
}
/** The backup with another manifest, whose checksum fits. */
async function rewritten(change: (manifest: Manifest) => object): Promise<string> {
  const manifest = change(await manifestOf(backup))
  return changed('manifest.json', () =>
    Buffer.from(JSON.stringify({ digest: sha256(JSON.stringify(manifest)), manifest })),
  )
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const manifestOf = async (folder: string) =>
  (JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { manifest: Manifest }).manifest

beforeAll(async () => {
  ;[source, target] = await Promise.all([startInstallation(), startInstallation()])
  folders = await mkdtemp(join(tmpdir(), 'pf-backup-'))
  platform = await source.platform()
  await writeLog(platform)
  const { keys, objects, eventLog, ledger, secrets } = platform
  await keys.createAccountKey(space, account)
  await objects.put(rawKey, await keys.sealObject(space, account, Buffer.from(marker)))
  await objects.put('lake/observations/plain.parquet', Buffer.from(marker))
  await secrets.write('provider/token', Buffer.from('hunter2'))
  // Somebody who is erased before the backup is taken: a gap in the log, and a line in the ledger.
  const before = { spaceId: uuid(901), aggregateId: uuid(901) }
  await keys.createSpaceKey(before.spaceId)
  await eventLog.append({
    subject: `evt.auth.user.${before.spaceId}.${before.aggregateId}`,
    expectedSeq: 0,
    messageId: 'before',
    headers: { 'ce-id': 'before' },
    body: new Uint8Array([1]),
  })
  await ledger.append({ fact: 'erasing', erasureId: 'e1', scope: { of: 'space', spaceId: before.spaceId } })
  await eventLog.purge({ context: 'auth', spaceId: before.spaceId }, async (seqs) => {
    const ranges = seqs.map((seq): [number, number] => [seq, seq])
    await ledger.append({ fact: 'purging', erasureId: 'e1', stream: 'auth', streamCreatedAt: '', ranges })
  })
  // And somebody who is erased after it.
  await keys.createSpaceKey(gone)
  await keys.createAccountKey(gone, account)
  await objects.put(goneKey, await keys.sealObject(gone, account, Buffer.from(marker)))
  await platform.orm.em.fork().insert(Credential, {
    userId: uuid(902),
    spaceId: gone,
    username: 'later',
    passwordHash: 'x',
    roles: ['user'],
    createdAt: new Date(),
  })
  const letter = { reaction: 'auth-witness', context: 'auth' as const, seq: 2, eventId: 'start-1', attempts: 20 }
  const subjectIn = (spaceId: string) => `evt.auth.user.${spaceId}.${user}`
  await platform.deadLetters.set({ ...letter, subject: subjectIn(space), reason: 'Error in handle.ts' })
  await platform.deadLetters.set({ ...letter, subject: subjectIn(gone), seq: 3, reason: 'Error in handle.ts' })
  const reacting = await eventLog.react({ context: 'auth', name: 'witness', handle: async () => undefined })
  await reacting.stop()
  backup = join(folders, 'backup')
}, 120_000)
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()])
  await rm(folders, { recursive: true, force: true })
})

describe('log export', () => {
  it('says what it holds, and holds neither the master key nor what it opens', async () => {
    const { code, out } = await source.run(exportBackup, [backup], { objects: true })
    expect(code).toBe(0)
    expect(out[0]).toMatch(/4 messages, 2 raw objects/)
    const manifest = await manifestOf(backup)
    expect(manifest).toMatchObject({ format: 1, objects: { copied: true, count: 2 }, vault: { keys: 5, secrets: 1 } })
    expect(manifest.streams.find(({ context }) => context === 'auth')).toMatchObject({ messages: 3, lastSeq: 4 })
    expect(manifest.reactions).toEqual([{ context: 'auth', name: 'witness', upTo: expect.any(Number) }])
    const names = (await readdir(backup, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const key = (await readFile(join(source.dataDir, 'master.key'), 'utf8')).trim()
    for (const { parentPath, name } of names) {
      const path = join(parentPath, name)
      const text = await readFile(path, 'latin1')
      expect([path, text.includes(marker), text.includes('hunter2'), text.includes(key)]).toEqual([
        path,
        false,
        false,
        false,
      ])
      expect((await stat(path)).mode & 0o077).toBe(0)
    }
    expect(names.map(({ name }) => name)).not.toContain('plain.parquet')
  })

  it('writes over nothing', async () => {
    await expect(source.run(exportBackup, [backup])).rejects.toMatchObject({ code: 'folder_not_empty' })
    expect(await manifestOf(backup)).toBeDefined()
  })

  it('leaves nothing behind where it cannot go on', async () => {
    const folder = join(folders, 'unfinished')
    const live = { out: [], signal: AbortSignal.abort(new Error('enough')) }
    await expect(source.run(exportBackup, [folder], {}, live)).rejects.toThrow('enough')
    await expect(stat(folder)).rejects.toThrow('ENOENT')
  })
})

describe('log import refuses, and leaves nothing behind,', () => {
  const refused = async (folder: string, code: string) => {
    await expect(target.run(importBackup, [folder])).rejects.toMatchObject({ code })
    expect(await contentOf(target)).toEqual(nothing)
  }

  it('a folder that is no backup', () => refused(folders, 'backup_missing'))

  it('a start without an erasure ledger', async () => {
    await withKeys()
    await rm(join(target.dataDir, 'ledger'), { recursive: true })
    await refused(backup, 'ledger_missing')
  })

  it('an older copy of the ledger, or another one', async () => {
    await withKeys()
    await rm(join(target.dataDir, 'ledger', '0000000003.json'))
    await refused(backup, 'ledger_old')
    await rm(join(target.dataDir, 'ledger'), { recursive: true })
    await beginErasureLedger(ledgerFolder(join(target.dataDir, 'ledger')), clocks)
    await refused(backup, 'ledger_other')
  })

  it('a master key that is missing, or is another one', async () => {
    await withKeys()
    await rm(join(target.dataDir, 'master.key'))
    await refused(backup, 'master_key_missing')
    await writeFile(join(target.dataDir, 'master.key'), `${Buffer.alloc(32, 9).toString('base64url')}\n`, {
      mode: 0o600,
    })
    await refused(backup, 'master_key_wrong')
    await rm(join(target.dataDir, 'master.key'))
    await withKeys()
  })

  it.each(['log/auth.stream', 'vault.jsonl', 'ledger.jsonl', 'objects.jsonl', 'manifest.json', `objects/${rawKey}`])(
    'one whose %s was changed',
    async (name) => refused(await changed(name, flipped), 'backup_damaged'),
  )

  it('one that was cut', async () => {
    await refused(await changed('vault.jsonl', (bytes) => bytes.subarray(0, -10)), 'backup_damaged')
    await refused(await changed('log/connection.stream', () => Buffer.alloc(0)), 'backup_damaged')
  })

  it.each<[string, (manifest: Manifest) => object]>([
    ['format', (manifest) => ({ ...manifest, format: 2 })],
    ['event', (manifest) => ({ ...manifest, events: { ...manifest.events, 'auth.UserRegistered': 99 } })],
    ['migration', (manifest) => ({ ...manifest, migrations: [...manifest.migrations, 'vault_0099_shoes'] })],
    ['broker', (manifest) => ({ ...manifest, madeBy: { ...manifest.madeBy, nats: '9.1.0' } })],
  ])('one of a newer %s', async (_, change) => refused(await rewritten(change), 'backup_newer'))

  it('one whose messages are not those that were copied', async () => {
    const other = await rewritten((manifest) => ({
      ...manifest,
      streams: manifest.streams.map((stream) => ({ ...stream, digest: '0'.repeat(64) })),
    }))
    await refused(other, 'backup_damaged')
  })

  it('one that names objects which nobody has', async () => {
    const lines = (await readFile(join(backup, 'objects.jsonl'), 'utf8')).trim().split('\n')
    const text = lines.map((line) => `${JSON.stringify({ ...JSON.parse(line), sha256: undefined })}\n`).join('')
    const named = await rewritten((manifest) => ({
      ...manifest,
      objects: { ...manifest.objects, copied: false },
      files: manifest.files.map((file) =>
        file.name === 'objects.jsonl' ? { ...file, sha256: sha256(text), bytes: text.length } : file,
      ),
    }))
    await writeFile(join(named, 'objects.jsonl'), text)
    await rm(join(named, 'objects'), { recursive: true })
    await refused(named, 'objects_missing')
  })
})

describe('log import', () => {
  it('restores each message at its sequence, and nothing of who was erased since', async () => {
    const ledger = await openErasureLedger(ledgerFolder(join(source.dataDir, 'ledger')), clocks)
    await ledger?.append({ fact: 'erasing', erasureId: 'e2', scope: { of: 'space', spaceId: gone } })
    await withKeys()
    const { code, out } = await target.run(importBackup, [backup])
    expect({ code, last: out.at(-1) }).toEqual({ code: 0, last: expect.stringContaining('Start the services') })
    const seqs = async (installation: TestInstallation) =>
      (await installation.run(tail, ['auth'], { json: true })).out.map((line) => JSON.parse(line) as object)
    expect(await seqs(target)).toEqual(await seqs(source))
    expect((await seqs(target)).map((message) => (message as { seq: number }).seq)).toEqual([1, 2, 3])
    const { streams: found } = await target.json<{ streams: { context: string; lastSeq: number }[] }>(streams)
    expect(found.find(({ context }) => context === 'auth')?.lastSeq).toBe(4)
    expect(found.map(({ context }) => context).sort()).toEqual([...contexts].sort())
    expect((await target.run(showHistory, [user], { open: true })).out.join()).toContain(marker)
    expect((await target.run(verify, [], { open: true })).out.at(-1)).toBe('No fault.')
    const restored = await target.platform()
    expect(await restored.objects.get(rawKey)).toEqual(await platform.objects.get(rawKey))
    await expect(restored.objects.get(goneKey)).rejects.toMatchObject({ code: 'object_not_found' })
    await expect(restored.keys.seal(gone, new Uint8Array([1]), '')).rejects.toMatchObject({ name: 'KeyMissing' })
    const facts = ({ id, subject, reason, attempts }: DeadLetter) => ({ id, subject, reason, attempts })
    const [waiting] = await platform.deadLetters.list()
    expect((await restored.deadLetters.list()).map(facts)).toEqual([waiting!].map(facts))
    const users = await restored.orm.em.fork().execute("select 1 from vault.credentials where username = 'later'")
    expect(users).toEqual([])
    expect(new TextDecoder().decode(await restored.secrets.read('provider/token'))).toBe('hunter2')
  })

  it('goes into nothing that is not empty', async () => {
    await expect(target.run(importBackup, [backup])).rejects.toMatchObject({ code: 'target_not_empty' })
    expect((await target.run(verify)).code).toBe(0)
  })

  it('that was interrupted lets nobody run on what there is of it', async () => {
    const half = await target.platform()
    await beginRestore(half.orm)
    await expect(target.platform()).rejects.toMatchObject({ code: 'restore_unfinished' })
  })
})
