import type { Stats } from 'node:fs'
import { chmod, chown, link, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readSsmParameter, type SsmParameter } from './master-key-ssm.ts'
import type { Random } from './ports.ts'
import { systemRandom } from './random.ts'
import { MasterKeyRefused } from './refusals.ts'
import { keyBytes } from './seal.ts'

type Options = {
  /** Whether nothing was sealed yet: only then may a key be made. */
  isVaultEmpty: () => Promise<boolean>
  random?: Random
}

const isCode = (error: unknown, code: string) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code

/**
 * The 32 bytes that wrap every data key: one line of base64url in a file of mode 0600, made at the first start.
 * Throws MasterKeyRefused: the file is gone while sealed things exist, others may read it, or it holds no key.
 */
export async function loadMasterKey(
  path: string,
  { isVaultEmpty, random = systemRandom }: Options,
): Promise<Uint8Array> {
  const found = await readKey(path)
  if (found !== undefined) return found
  if (!(await isVaultEmpty())) {
    throw new MasterKeyRefused(
      'master_key_missing',
      `The master key file ${path} is missing, but the vault holds keys and secrets that only it opens. ` +
        'Put the file back from where you keep it (PF_MASTER_KEY_FILE names it). ' +
        'If it is lost, what was sealed is lost: start with an empty database, broker and object store.',
    )
  }
  await makeKey(path, random)
  const made = await readKey(path)
  if (made === undefined) {
    throw new MasterKeyRefused('master_key_missing', `The master key file ${path} vanished while it was being made.`)
  }
  return made
}

/** Where the master key that shall follow lies until the vault is wrapped under it. */
const nextOf = (path: string) => `${path}.next`

/** The key that shall follow: the one that a run before has left, else made beside the old, for the same owner. Throws MasterKeyRefused. */
export async function nextMasterKey(path: string, random: Random = systemRandom): Promise<Uint8Array> {
  const left = await readNextMasterKey(path)
  if (left !== undefined) return left
  await makeKey(nextOf(path), random)
  const { uid, gid, mode } = await stat(path)
  await chown(nextOf(path), uid, gid)
  await chmod(nextOf(path), mode & 0o777)
  const made = await readKey(nextOf(path))
  if (made !== undefined) return made
  throw new MasterKeyRefused(
    'master_key_missing',
    `The new master key ${nextOf(path)} vanished while it was being made.`,
  )
}

export const readNextMasterKey = (path: string): Promise<Uint8Array | undefined> => readKey(nextOf(path))

/** The new key's file takes the old one's place, in one step. Another process may have done it already. */
export async function takeNextMasterKey(path: string): Promise<void> {
  await rename(nextOf(path), path).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error
  })
  await syncFolder(path)
}

/** A new key that wraps nothing. */
export const dropNextMasterKey = (path: string): Promise<void> => rm(nextOf(path), { force: true })

async function readKey(path: string): Promise<Uint8Array | undefined> {
  // One and the same file for its mode and its text: another start may put the next key in its place meanwhile.
  const file = await open(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (file === undefined) return undefined
  try {
    refuseOpenFile(path, await file.stat())
    return parseKey(await file.readFile('utf8'), `The master key file ${path}`)
  } finally {
    await file.close()
  }
}

/** Throws MasterKeyRefused; `what` names the place, never what was found in it. */
function parseKey(text: string, what: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length === keyBytes && key.toString('base64url') === text.trim().replace(/=+$/, ''))
    return new Uint8Array(key)
  throw new MasterKeyRefused(
    'master_key_malformed',
    `${what} holds no key: expected one line with ${keyBytes} bytes in base64url. Put the right one back.`,
  )
}

/** Where the master key is kept. Only a file can be made by us; the others are somebody else's to fill. */
export type MasterKeySource =
  | { of: 'file'; path: string }
  | { of: 'environment'; text: string }
  | { of: 'ssm'; parameter: SsmParameter }

/** Of a source that is no file. Throws MasterKeyRefused. */
export async function readMasterKey(source: Exclude<MasterKeySource, { of: 'file' }>): Promise<Uint8Array> {
  if (source.of === 'environment') return parseKey(source.text, 'PF_MASTER_KEY')
  const { parameter } = source
  return parseKey(await readSsmParameter(parameter), `The parameter ${parameter.name} (PF_MASTER_KEY_SSM)`)
}

/** As PostgreSQL does for its TLS key: 0600 or less; a file of root's (a mounted secret) may be 0640. */
function refuseOpenFile(path: string, { mode, uid }: Pick<Stats, 'mode' | 'uid'>): void {
  const forbidden = uid === 0 && process.getuid?.() !== 0 ? 0o037 : 0o077
  if ((mode & forbidden) === 0) return
  throw new MasterKeyRefused(
    'master_key_open',
    `The master key file ${path} has mode ${(mode & 0o777).toString(8)}: others may read it. Expected 600; run: chmod 600 ${path}`,
  )
}

/** Written whole beside the place, then linked to it: of two first starts at once, one wins and both read the winner's. */
async function makeKey(path: string, random: Random): Promise<void> {
  const draft = `${path}.${Buffer.from(random.bytes(9)).toString('base64url')}.new`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${Buffer.from(random.bytes(keyBytes)).toString('base64url')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(draft, path)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(path)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
