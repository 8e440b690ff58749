import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkKey, checkPrefix, ObjectNotFound, type ObjectStore, type StoredObject } from './port.ts'

/** Bodies are written here first. `~` is no character of a key, so that no object can stand in this folder. */
const TEMP_FOLDER = '~tmp'

/** Of a key's folders, so many stand in the temporary folder as well: below them everything can be erased at once. */
const DRAFT_DEPTH = 4

/** A temporary name belongs to a running write for at most this long; older ones were torn by a crash. */
const TORN_AFTER_MS = 60 * 60 * 1000

/**
 * A directory as an object store. A body is written to a temporary file, forced to disk and renamed (or, for `ifAbsent`,
 * linked: link(2) refuses an existing name, which makes it atomic between processes); then the folder is forced to disk.
 */
export function openDirectory(root: string): ObjectStore {
  const temp = join(root, TEMP_FOLDER)
  let ready: Promise<void> | undefined

  function prepare(): Promise<void> {
    ready ??= (async () => {
      await mkdir(temp, { recursive: true })
      await sweepTornWrites(temp)
    })().catch((error: unknown) => {
      ready = undefined
      throw error
    })
    return ready
  }

  const pathOf = (key: string) => join(root, ...checkKey(key).split('/'))

  return {
    async put(key, body, options = {}) {
      const path = pathOf(key)
      await prepare()
      // Below the folders of its key, so that what is erased there takes torn writes along.
      const draftFolder = join(temp, ...key.split('/').slice(0, -1).slice(0, DRAFT_DEPTH))
      const draft = join(draftFolder, randomUUID())
      await mkdir(draftFolder, { recursive: true })
      try {
        await writeDurably(draft, body)
        await makeFolder(root, dirname(path))
        if (options.ifAbsent === true) {
          if (!(await linkUnlessPresent(draft, path))) return { created: false }
        } else {
          await rename(draft, path)
        }
        await syncFolder(dirname(path))
        return { created: true }
      } finally {
        await rm(draft, { force: true })
      }
    },

    async get(key) {
      const bytes = await readFile(pathOf(key)).catch((error: unknown) => {
        throw isMissing(error) ? new ObjectNotFound(key, { cause: error }) : error
      })
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },

    async download(key, path) {
      await writeDurably(path, await this.get(key))
    },

    async *list(prefix) {
      checkPrefix(prefix)
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      for await (const object of walk(join(root, folder), folder)) if (object.key.startsWith(prefix)) yield object
    },

    async deleteAll(folder) {
      const path = pathOf(folder)
      let objects = 0
      for await (const _ of walk(path, `${folder}/`)) objects++
      for (const gone of [join(temp, folder), path]) await rm(gone, { recursive: true, force: true })
      const above = dirname(path)
      await syncFolder(above).catch((error: unknown) => {
        // Nothing was ever written there.
        if (!isMissing(error)) throw error
      })
      return objects
    },

    async delete(key) {
      const path = pathOf(key)
      try {
        await rm(path)
      } catch (error) {
        if (isMissing(error)) return
        throw error
      }
      await syncFolder(dirname(path))
    },
  }
}

async function* walk(path: string, prefix: string): AsyncIterable<StoredObject> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  for (const entry of entries) {
    if (entry.name === TEMP_FOLDER && prefix === '') continue
    if (entry.isDirectory()) yield* walk(join(path, entry.name), `${prefix}${entry.name}/`)
    else if (entry.isFile()) {
      const facts = await factsOf(join(path, entry.name))
      if (facts !== undefined) yield { key: `${prefix}${entry.name}`, ...facts }
    }
  }
}

/** Undefined where the object was deleted while the list was read. */
async function factsOf(path: string): Promise<Omit<StoredObject, 'key'> | undefined> {
  try {
    const { size, mtime: modifiedAt } = await stat(path)
    return { size, modifiedAt }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function sweepTornWrites(temp: string): Promise<void> {
  const now = Date.now()
  for (const entry of await readdir(temp, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    const modified = await stat(path).then(
      (found) => found.mtimeMs,
      (error: unknown) => {
        if (isMissing(error)) return now
        throw error
      },
    )
    if (now - modified > TORN_AFTER_MS) await rm(path, { force: true })
  }
}

async function writeDurably(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(body)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function linkUnlessPresent(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Makes the missing folders and forces each name to disk, else a crash could lose the object with its folder. */
async function makeFolder(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length && made !== root; made = dirname(made)) {
    await syncFolder(dirname(made))
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function codeOf(error: unknown): string | undefined {
  // Not `instanceof Error`: the file system's errors come from another realm where Jest runs a module.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** A key below an object (`a` exists, `a/b` is asked) is missing too. EISDIR: the key names a folder. */
function isMissing(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ERR_FS_EISDIR'
}
