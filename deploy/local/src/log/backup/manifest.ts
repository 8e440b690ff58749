import { createHash } from 'node:crypto'
import { type Context, contexts } from '@pf/contracts'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { damaged, readText, writeFile } from './folder.ts'
import { BackupRefused } from './refusals.ts'

/** Of the folder's layout and of the manifest. Higher ones are refused. */
export const formatVersion = 1
export const manifestName = 'manifest.json'

const Count = Type.Integer({ minimum: 0 })
const ContextName = Type.Unsafe<Context>({ type: 'string', enum: [...contexts] })
const File = Type.Object({ name: Type.String(), bytes: Count, sha256: Type.String() })

const Manifest = Type.Object({
  format: Type.Literal(formatVersion),
  madeAt: Type.String(),
  /** What made it: our version, and the broker's, whose own format the copies of streams have. */
  madeBy: Type.Object({ version: Type.String(), nats: Type.String() }),
  /** Migrations of the database, and the newest version of each event, that its code knew. */
  migrations: Type.Array(Type.String()),
  events: Type.Record(Type.String(), Count),
  streams: Type.Array(
    Type.Object({
      context: ContextName,
      file: Type.String(),
      /** The broker's configuration of the stream, as it was. */
      config: Type.Record(Type.String(), Type.Unknown()),
      messages: Count,
      firstSeq: Count,
      lastSeq: Count,
      deleted: Count,
      /** SHA-256 over every message: sequence, time, subject, headers, body. */
      digest: Type.String(),
    }),
  ),
  reactions: Type.Array(Type.Object({ context: ContextName, name: Type.String(), upTo: Count })),
  /** Messages that reactions had given up: acknowledged, and without their effect. */
  deadLetters: Count,
  vault: Type.Record(Type.String(), Count),
  /** The last line of the erasure ledger then: a restore takes this ledger, as long or longer. */
  ledger: Type.Object({ id: Type.String(), seq: Count, hash: Type.String() }),
  /** Raw objects: copied into the backup, or named only, where the object store outlives what is restored. */
  objects: Type.Object({ copied: Type.Boolean(), count: Count, bytes: Count }),
  files: Type.Array(File),
})
export type Manifest = Static<typeof Manifest>

const manifest = Compile(Manifest)
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Written last: a folder without it is no backup. */
export async function writeManifest(folder: string, content: Manifest): Promise<void> {
  const file = await writeFile(folder, manifestName)
  await file.write(
    Buffer.from(JSON.stringify({ digest: digestOf(JSON.stringify(content)), manifest: content }, null, 1)),
  )
  await file.close()
}

/** Throws BackupRefused: there is none, it is damaged, or a newer version of ours wrote it. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readText(folder, manifestName)
  if (text === undefined) {
    throw new BackupRefused(
      'backup_missing',
      `${folder} has no ${manifestName}: it is no backup, or taking it was interrupted. Name the folder that export wrote.`,
    )
  }
  const { digest, manifest: content } = parse(text)
  const format = isObject(content) && 'format' in content ? Number(content.format) : Number.NaN
  if (format > formatVersion) {
    throw new BackupRefused(
      'backup_newer',
      `The backup has format ${format}, this version reads up to ${formatVersion}. Install the version that made it, or a newer one.`,
    )
  }
  if (digest !== digestOf(JSON.stringify(content))) throw damaged(`the checksum of ${manifestName} does not fit`)
  if (!manifest.Check(content)) throw damaged(`${manifestName} is not as this format has it`)
  return content
}

function parse(text: string): { digest: unknown; manifest: unknown } {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isObject(parsed) && 'digest' in parsed && 'manifest' in parsed) return parsed
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw damaged(`${manifestName} is no manifest`)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
