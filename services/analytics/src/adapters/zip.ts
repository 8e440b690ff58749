import type { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/** `packed`: compressed already. */
export type Entry = { name: string; packed?: boolean; open: () => Promise<Readable> }

/** A ZIP archive (ZIP64 where it has to be), written as it is read: one entry is open at a time, and the next one waits for it. */
export async function* zipped(entries: AsyncIterable<Entry>, modifiedAt: Date): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  const archive = zip.outputStream as Readable
  const fail = (error: unknown) => void archive.destroy(error instanceof Error ? error : new Error(String(error)))
  zip.on('error', fail)
  const opened: Readable[] = []
  const adding = (async () => {
    for await (const { name, packed = false, open } of entries) {
      const { promise: read, resolve } = Promise.withResolvers<void>()
      zip.addReadStreamLazy(name, { mtime: modifiedAt, compress: !packed }, (ready) => {
        open().then((stream) => {
          opened[0] = stream
          stream.once('close', resolve).once('error', fail)
          ready(null, stream)
        }, fail)
      })
      await read
    }
    zip.end()
  })()
  adding.catch(fail)
  try {
    for await (const chunk of archive) yield chunk as Uint8Array
  } finally {
    opened[0]?.destroy()
  }
}
