import { Readable } from 'node:stream'
import type { RawRef } from '@pf/contracts'
import { ObjectNotFound, type ObjectStore } from '@pf/object-store'
import { keepSealed } from '@pf/service-kit'
import type { KeyRing } from '@pf/vault'
import { type ExportFiles, ExportIncomplete } from '../application/ports.ts'
import type { Manifest } from './mart-opening.ts'
import type { RowExports } from './row-exports.ts'
import { type Entry, zipped } from './zip.ts'

type Parts = { objects: ObjectStore; keys: KeyRing; manifest: Manifest; rows: RowExports }
type Asked = Parameters<ExportFiles['write']>[1]

const readMe = `Everything that Personal Finances has of you, as of the day of the files in this archive.

api/*.json             what the API answers; docs/openapi.json describes it
transactions.csv       each payment once, for a spreadsheet
transactions.parquet   the same, typed
lake/                  Parquet: what banks said row by row, and what was decided; docs/lake.md describes it
raw/                   what banks and statement files said, byte for byte, by account
`

/** ZIP files in the object store, sealed in pieces under `export/<space>/<id>/`; storage sweeps those that have expired. */
export function createExportFiles({ objects, keys, manifest, rows }: Parts): ExportFiles {
  const folderOf = (spaceId: string, id: string) => `export/${spaceId}/${id}`
  const drop = ({ key }: RawRef) => objects.delete(key)

  async function documentsOf(spaceId: string, { key }: RawRef): Promise<Record<string, unknown>> {
    const sealed = await objects.get(key).catch((error: unknown) => {
      if (!(error instanceof ObjectNotFound)) throw error
      throw new ExportIncomplete('what the API answered is not there any more; ask for an export again.', error)
    })
    return JSON.parse(Buffer.from(await keys.openObject(spaceId, spaceId, sealed)).toString('utf8')) as Record<
      string,
      unknown
    >
  }

  const lakeFile = async (key: string): Promise<Readable> => {
    const bytes = await objects.get(key).catch((error: unknown) => {
      if (!(error instanceof ObjectNotFound)) throw error
      throw new ExportIncomplete(`the lake lacks ${key}; restore it from a backup, or run: npm run replay.`, error)
    })
    return Readable.from([bytes])
  }
  const rawFile = async (spaceId: string, accountId: string, key: string): Promise<Readable> =>
    Readable.from([await keys.openObject(spaceId, accountId, await objects.get(key))])

  async function* entriesOf(spaceId: string, { documents }: Asked, [csv, parquet]: Tables): AsyncGenerator<Entry> {
    yield { name: 'README.txt', open: async () => Readable.from([readMe]) }
    for (const [name, document] of Object.entries(await documentsOf(spaceId, documents)))
      yield { name: `api/${name}.json`, open: async () => Readable.from([JSON.stringify(document, undefined, 2)]) }
    yield { name: 'transactions.csv', open: async () => Readable.from(csv) }
    yield { name: 'transactions.parquet', packed: true, open: async () => Readable.from(parquet) }
    for (const { key } of await manifest(spaceId)) yield { name: key, packed: true, open: () => lakeFile(key) }
    const raw = `raw/${spaceId}/`
    for await (const { key } of objects.list(raw)) {
      const [accountId = '', ...rest] = key.slice(raw.length).split('/')
      // Sealing compresses, hence the key's ending; what is opened is what came over the wire.
      const name = `raw/${accountId}/${rest.join('/').replace(/\.zst$/, '')}`
      yield { name, open: () => rawFile(spaceId, accountId, key) }
    }
  }

  return {
    folderOf,
    drop,
    write(spaceId, asked, signal) {
      const place = { spaceId, folder: folderOf(spaceId, asked.id) }
      const table = <T>(format: 'csv' | 'parquet', take: (pieces: AsyncIterable<Uint8Array>) => Promise<T>) =>
        rows.write({ spaceId, id: asked.id, format, filter: {} }, take).then(({ taken }) => taken)
      const writtenAt = new Date(asked.requestedAt)
      return table('csv', (csv) =>
        table('parquet', (parquet) =>
          keepSealed({ objects, keys }, place, zipped(entriesOf(spaceId, asked, [csv, parquet]), writtenAt), signal),
        ),
      )
    },
    async remove(spaceId, { id, documents }) {
      await objects.deleteAll(folderOf(spaceId, id))
      await drop(documents)
    },
  }
}

type Tables = readonly [AsyncIterable<Uint8Array>, AsyncIterable<Uint8Array>]
