import { contexts, tokenIssuer } from '@pf/contracts'
import { verifyLog } from '@pf/eventing'
import { providerInstances } from '@pf/providers'
import { masterKeySource } from '@pf/service-kit'
import { SealBroken, type SecretBox } from '@pf/vault'
import type { ErasureLedger } from '@pf/vault/ledger'
import {
  type CopiedRow,
  keysAmong,
  masterKeyOf,
  moveOf,
  openRows,
  openVault,
  spaceStateOf,
  takenOf,
} from '@pf/vault/postgres'
import { assertIntact, damaged, linesOf } from '../backup/folder.ts'
import { assertKnown } from '../backup/knowledge.ts'
import { type ObjectLine, objectsFile } from '../backup/take-backup.ts'
import { type Installation, ledgerOf } from '../installation.ts'
import { CommandFailed } from '../refusals.ts'
import { logOfCopy } from './space-log.ts'
import { rowsOf, type SpaceManifest } from './space-manifest.ts'

/** Of who moves, what may have to be another here. */
export type Renamed = { username?: string; issuer?: string; subject?: string }
export type CheckOptions = {
  folder: string
  key: Uint8Array
  renamed: Renamed
  say(line: string): void
  signal: AbortSignal
}

/** Whether all of it came before. Throws CommandFailed where something else of this space is here. */
export async function isHere(installation: Installation, { spaceId, exportId }: SpaceManifest): Promise<boolean> {
  const orm = await installation.database()
  const state = await spaceStateOf(orm, spaceId)
  if (state === 'erased') {
    const found = `Space ${spaceId} was erased here, and what was erased never comes back`
    throw new CommandFailed('space_erased', `${found}. Move it to an installation that it never left.`)
  }
  const move = await moveOf(orm, spaceId)
  if (move?.exportId === exportId && move.way === 'arrived') return true
  if (move?.exportId === exportId && move.way === 'arriving') return false
  if (move === undefined && state === 'none' && !(await hasMessages(installation, spaceId))) return false
  const found = move?.way === 'arriving' ? 'half here, of another export' : 'here already'
  throw new CommandFailed('space_exists', `Space ${spaceId} is ${found}. Nothing was changed.`)
}

async function hasMessages(installation: Installation, spaceId: string): Promise<boolean> {
  const log = await installation.eventLog()
  for (const context of contexts)
    for await (const _ of log.scan(context, 0, new AbortController().signal, spaceId)) return true
  return false
}

/**
 * Everything of an export, before anything is written: that it is whole, that this version reads it, that nobody here has what
 * its user has. Answers the rows as they are to stand here. Throws CommandFailed, BackupRefused, LedgerRefused, MasterKeyRefused.
 */
export async function checkedRows(
  installation: Installation,
  manifest: SpaceManifest,
  { folder, key, renamed, say, signal }: CheckOptions,
): Promise<readonly CopiedRow[]> {
  const orm = await installation.database()
  await assertKnown(manifest, orm)
  await beganLedger(installation)
  // Throws where the master key is not at hand, or not this vault's.
  const masterKey = await masterKeyOf(orm, masterKeySource(installation.config), { makes: false })
  const { secrets } = await openVault({ orm, masterKey })
  for (const file of manifest.files) await assertIntact(folder, file)
  for await (const { key: name, bytes, sha256: is = '' } of linesOf<ObjectLine>(folder, objectsFile))
    await assertIntact(folder, { name: `objects/${name}`, bytes, sha256: is })
  const found = await openedRows(folder, key, manifest)
  await assertProviders(installation, secrets, manifest)
  const rows = await fitting(installation, found, renamed)
  for (const stream of manifest.streams) {
    const { context } = stream
    const { unreadable } = await verifyLog(logOfCopy(folder, stream.file, stream.messages), keysAmong(found, key), {
      context,
      signal,
      onFault({ seq, kind, problem }) {
        throw damaged(`message ${seq} of ${context}: ${kind}, ${problem}`)
      },
    })
    if (unreadable > 0)
      throw damaged(`${unreadable} messages of ${context} were sealed under a key that did not come along`)
  }
  say('Every message follows from the one before it, and opens.')
  return rows
}

async function openedRows(folder: string, key: Uint8Array, { exportId }: SpaceManifest): Promise<CopiedRow[]> {
  try {
    return openRows(await rowsOf(folder), key, exportId)
  } catch (error) {
    if (error instanceof SealBroken) throw damaged('the rows of the vault do not open under the transport key', error)
    throw error
  }
}

/** A consent is read by whoever asked for it: the provider has to be set up here, by keys of the same customer. */
async function assertProviders(
  { config }: Installation,
  secrets: Pick<SecretBox, 'read'>,
  { providers }: SpaceManifest,
): Promise<void> {
  const known = new Map(providerInstances(config).map((instance) => [instance.id, instance]))
  const missing: string[] = []
  for (const id of providers) {
    const instance = known.get(id)
    // An operator's keys lie in the vault, and win over the configuration's.
    const isSetUp = instance && (instance.keys ?? (await secrets.read(`provider/${id}/keys`))) !== undefined
    if (!isSetUp) missing.push(id)
  }
  if (missing.length === 0) return
  throw new CommandFailed(
    'provider_missing',
    `Its connections are by ${missing.join(', ')}, which is not set up here. Set it up, with keys of the same customer of the provider.`,
  )
}

/** The rows with the user as they stand here: never an operator, under a name and an identity that nobody has. */
async function fitting(installation: Installation, rows: readonly CopiedRow[], renamed: Renamed): Promise<CopiedRow[]> {
  const anew = rows.map((one) => (one.table === 'credentials' ? { ...one, row: asHere(one.row, renamed) } : one))
  for (const { table, row } of anew) if (table === 'credentials') await assertFree(installation, row)
  return anew
}

type Row = CopiedRow['row']

function asHere(row: Row, { username, issuer, subject }: Renamed): Row {
  const elsewhere = issuer === undefined ? {} : { issuer, subject: subject ?? null, password_hash: null }
  return { ...row, ...elsewhere, ...(username !== undefined && { username }), roles: ['user'] }
}

async function assertFree(installation: Installation, row: Row): Promise<void> {
  const [userId, username, issuer] = [row['user_id'], row['username'], row['issuer']].map(String)
  const identity = { issuer: issuer ?? '', subject: String(row['subject'] ?? userId) }
  assertSignsIn(installation, identity.issuer)
  const orm = await installation.database()
  const taken = await takenOf(orm, { userId: userId ?? '', username: username ?? '', ...identity })
  if (taken === 'username')
    throw new CommandFailed('username_taken', 'Somebody here has this user name. Give another one with --username.')
  if (taken === 'identity')
    throw new CommandFailed('identity_taken', 'Somebody here signs in with this identity (--issuer, --subject).')
}

function assertSignsIn({ config }: Installation, issuer: string): void {
  const isEmbedded = config.authMode === 'embedded'
  if ((issuer === tokenIssuer) === isEmbedded) return
  throw new CommandFailed(
    'identity_unusable',
    isEmbedded
      ? `Its user signs in by ${issuer}, and this installation has log-ins of its own: it has no password for them. Run this one with AUTH_MODE=keycloak.`
      : 'Its user signs in by name and password, and this installation by Keycloak. Make the user there, and name both: --issuer URL --subject ID.',
  )
}

/** Throws LedgerRefused where this installation never began one. */
export const beganLedger = (installation: Installation): Promise<ErasureLedger> =>
  ledgerOf(installation, 'start this installation once, then stop it.')
