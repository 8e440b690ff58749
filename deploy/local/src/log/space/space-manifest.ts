import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Context, contexts } from '@pf/contracts'
import { sign } from '@pf/vault/postgres'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { damaged, readText, writeFile } from '../backup/folder.ts'
import { CommandFailed } from '../refusals.ts'

/** Of the folder's layout and of the manifest. Higher ones are refused. */
export const formatVersion = 1
const manifestName = 'manifest.json'
const receiptName = 'receipt.json'

const Count = Type.Integer({ minimum: 0 })
const ContextName = Type.Unsafe<Context>({ type: 'string', enum: [...contexts] })

const Manifest = Type.Object({
  format: Type.Literal(formatVersion),
  exportId: Type.String(),
  spaceId: Type.String(),
  userId: Type.String(),
  madeAt: Type.String(),
  madeBy: Type.String(),
  /** Migrations of the database, and the newest version of each event, that its code knew. */
  migrations: Type.Array(Type.String()),
  events: Type.Record(Type.String(), Count),
  /** `digest`: SHA-256 over every message in its order: subject, headers, body. */
  streams: Type.Array(
    Type.Object({ context: ContextName, file: Type.String(), messages: Count, digest: Type.String() }),
  ),
  /** Sealed rows of the vault, by table. */
  rows: Type.Record(Type.String(), Count),
  /** Names of the secrets among them: handles of links at providers. */
  secrets: Type.Array(Type.String()),
  /** Provider instances that have to be set up where it goes. */
  providers: Type.Array(Type.String()),
  /** Connections of it that were erased: their accounts' keys are never made again, anywhere. */
  erased: Type.Array(
    Type.Object({ erasureId: Type.String(), connectionId: Type.String(), accountIds: Type.Array(Type.String()) }),
  ),
  objects: Type.Object({ count: Count, bytes: Count }),
  files: Type.Array(Type.Object({ name: Type.String(), bytes: Count, sha256: Type.String() })),
})
export type SpaceManifest = Static<typeof Manifest>

/** What the new cell says: all of this export is here, and was looked at. */
const Receipt = Type.Object({
  exportId: Type.String(),
  spaceId: Type.String(),
  digest: Type.String(),
  /** Of its erasure ledger: which installation it is. */
  installation: Type.String(),
  importedAt: Type.String(),
})
export type Receipt = Static<typeof Receipt>

const Signed = Compile(Type.Object({ digest: Type.String(), mac: Type.String(), said: Type.Unknown() }))
const [manifest, receipt] = [Compile(Manifest), Compile(Receipt)]
const digestOf = (said: unknown): string => createHash('sha256').update(JSON.stringify(said)).digest('hex')

/** Written last: a folder without it is no export. Answers its digest. */
export async function writeSpaceManifest(folder: string, said: SpaceManifest, key: Uint8Array): Promise<string> {
  return writeSigned(folder, manifestName, said, key)
}

export async function writeReceipt(folder: string, said: Receipt, key: Uint8Array): Promise<void> {
  await rm(join(folder, receiptName), { force: true })
  await writeSigned(folder, receiptName, said, key)
}

/** Throws CommandFailed (there is none, it is of a newer format, another key signed it), BackupRefused where it is damaged. */
export async function readSpaceManifest(
  folder: string,
  key: Uint8Array,
): Promise<{ manifest: SpaceManifest; digest: string }> {
  const { said, digest } = await readSigned(folder, manifestName, key, {
    code: 'export_missing',
    what: 'it is no export of a space, or making it was interrupted. Name the folder that `space export` wrote',
  })
  const format = typeof said === 'object' && said !== null && 'format' in said ? Number(said.format) : Number.NaN
  if (format > formatVersion) {
    const found = `The export has format ${format}, this version reads up to ${formatVersion}`
    throw new CommandFailed('export_newer', `${found}. Install the version that made it, or a newer one.`)
  }
  if (!manifest.Check(said)) throw damaged(`${manifestName} is not as this format has it`)
  return { manifest: said, digest }
}

export async function readReceipt(folder: string, key: Uint8Array): Promise<Receipt> {
  const { said } = await readSigned(folder, receiptName, key, {
    code: 'receipt_missing',
    what: 'no other installation has said that all of it is there. Run `space import` there on this folder, and bring the folder back',
  })
  if (!receipt.Check(said)) throw damaged(`${receiptName} is not as this format has it`)
  return said
}

async function writeSigned(folder: string, name: string, said: unknown, key: Uint8Array): Promise<string> {
  const digest = digestOf(said)
  const file = await writeFile(folder, name)
  await file.write(Buffer.from(JSON.stringify({ digest, mac: sign(key, `${name}|${digest}`), said }, null, 1)))
  await file.close()
  return digest
}

async function readSigned(
  folder: string,
  name: string,
  key: Uint8Array,
  missing: { code: string; what: string },
): Promise<{ said: unknown; digest: string }> {
  const text = await readText(folder, name)
  if (text === undefined) throw new CommandFailed(missing.code, `${folder} has no ${name}: ${missing.what}.`)
  const { digest, mac, said } = parsed(text, name)
  if (digest !== digestOf(said)) throw damaged(`the checksum of ${name} does not fit`)
  if (mac !== sign(key, `${name}|${digest}`)) {
    throw new CommandFailed(
      'transport_key_wrong',
      `${name} was signed with another transport key, or was changed by somebody. Name the file that \`space export\` wrote the key to (--key).`,
    )
  }
  return { said, digest }
}

function parsed(text: string, name: string): { digest: string; mac: string; said: unknown } {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (cause) {
    throw damaged(`${name} is no JSON`, cause)
  }
  if (!Signed.Check(found)) throw damaged(`${name} is not signed`)
  return found
}

export const rowsOf = (folder: string): Promise<Uint8Array> => readFile(join(folder, rowsFile))
export const rowsFile = 'vault.sealed'
