import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../application/ports.ts'

const SNAPSHOT = 'state.json'
const JOURNAL = 'state.journal.ndjson'
/** The journal is folded into the snapshot beyond this many bytes, and at every start. */
const MOST_JOURNAL_BYTES = 16 * 1024 * 1024

export type DurableMap = Store & { close(): void }

/**
 * A map of JSON values that survives `kill -9`: each commit is one line appended to a journal before it returns. Replaying
 * a line twice changes nothing, so the snapshot may be renamed into place before the journal is emptied.
 * @throws where the snapshot is not JSON, naming the file and what to do.
 */
export function openDurableMap(dir: string, mostJournalBytes = MOST_JOURNAL_BYTES): DurableMap {
  mkdirSync(dir, { recursive: true })
  const snapshot = join(dir, SNAPSHOT)
  const map = new Map<string, unknown>(existsSync(snapshot) ? readSnapshot(snapshot) : [])
  const path = join(dir, JOURNAL)
  if (existsSync(path)) for (const line of wholeLines(readFileSync(path, 'utf8'))) apply(map, JSON.parse(line))
  const journal = openSync(path, 'a')
  let bytes = 0

  const compact = () => {
    const next = `${snapshot}.next`
    const fd = openSync(next, 'w')
    writeFileSync(fd, JSON.stringify([...map]))
    fsyncSync(fd)
    closeSync(fd)
    renameSync(next, snapshot)
    ftruncateSync(journal, 0)
    bytes = 0
  }
  compact()

  return {
    get: <T>(key: string) => map.get(key) as T | undefined,
    keys: () => [...map.keys()],
    list: <T>(prefix: string) => [...map].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T),
    commit: (changes) => {
      const line = Buffer.from(`${JSON.stringify(changes)}\n`)
      try {
        for (let written = 0; written < line.length; ) written += writeSync(journal, line, written)
      } catch (error) {
        ftruncateSync(journal, bytes)
        throw error
      }
      bytes += line.length
      apply(map, changes)
      if (bytes > mostJournalBytes) compact()
    },
    close: () => closeSync(journal),
  }
}

function apply(map: Map<string, unknown>, changes: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) map.delete(key)
    else map.set(key, value)
  }
}

/** A line cut off by a kill was never answered: it is left out. */
function wholeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
}

function readSnapshot(path: string): [string, unknown][] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as [string, unknown][]
  } catch (cause) {
    throw new Error(`state: found no readable JSON in ${SNAPSHOT}; remove the data folder to start afresh`, { cause })
  }
}
