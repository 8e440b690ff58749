import { checkKey, checkPrefix, ObjectNotFound, type ObjectStore } from '@pf/object-store'
import type { Line } from './line.ts'
import type { Owner } from './virtual-time.ts'

export type KeptObject = { body: Uint8Array; modifiedAt: Date }

/** Objects that outlive every process, reached over a line that may fail before or after the store has done its part. */
export class Objects {
  readonly kept = new Map<string, KeptObject>()
  readonly #line: Line
  #unreadableUntilMs = 0

  constructor(line: Line) {
    this.#line = line
  }

  /** It takes what it is given, and gives nothing out, to nobody. */
  beUnreadable(ms: number): void {
    this.#unreadableUntilMs = this.#line.time.nowMs + ms
  }

  storeOf(owner: Owner): ObjectStore {
    const line = this.#line
    const { kept } = this
    const get = async (key: string): Promise<Uint8Array> => {
      await line.turn(owner)
      if (line.strikes.at('get', owner.name) || line.time.nowMs < this.#unreadableUntilMs) throw unreachable()
      const found = kept.get(checkKey(key))
      if (found === undefined) throw new ObjectNotFound(key)
      return found.body.slice()
    }
    return {
      async put(key, body, { ifAbsent = false } = {}) {
        const fault = line.strikes.at('put', owner.name)
        await line.turn(owner)
        if (fault?.kind === 'lost') throw unreachable()
        const created = !ifAbsent || !kept.has(checkKey(key))
        if (created) kept.set(checkKey(key), { body: body.slice(), modifiedAt: line.time.clock.now() })
        if (fault !== undefined) throw unreachable()
        await line.turn(owner)
        return { created }
      },
      get,
      download: () => Promise.reject(new Error('Nothing that is simulated downloads to a file.')),
      async *list(prefix) {
        await line.turn(owner)
        const wanted = checkPrefix(prefix)
        for (const [key, { body, modifiedAt }] of [...kept]) {
          if (key.startsWith(wanted)) yield { key, size: body.length, modifiedAt }
        }
      },
      async delete(key) {
        await line.turn(owner)
        kept.delete(checkKey(key))
      },
      async deleteAll(folder) {
        await line.turn(owner)
        const doomed = [...kept.keys()].filter((key) => key.startsWith(`${checkKey(folder)}/`))
        for (const key of doomed) kept.delete(key)
        return doomed.length
      },
    }
  }
}

const unreachable = () => new Error('The object store did not answer.')
