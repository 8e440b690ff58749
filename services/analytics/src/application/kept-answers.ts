import { RawJson, Unchanged } from '@pf/service-kit'

/** Longer answers are asked for seldom, and would drive out many short ones. */
const maxAnswerBytes = 256 * 1024

type Parts = {
  /** Of two answers under one name nothing but the question tells one from the other. */
  contentOf(spaceId: string): string | undefined
  maxBytes: number
}
type Asked = { spaceId: string; operation: string; input: object; knownTags: readonly string[] }

/**
 * Answers that depend on nothing but the space's marts and the question. Who has the answer already is told so without a look
 * at the marts; the last ones are kept as bytes until the marts change, and go when there are too many, least used first.
 */
export class KeptAnswers {
  readonly #parts: Parts
  readonly #kept = new Map<string, { spaceId: string; tag: string; bytes: Uint8Array }>()
  #bytes = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async answer<T>({ spaceId, operation, input, knownTags }: Asked, compute: () => Promise<T>) {
    // Before the marts are read: an answer of a later content is tagged as an earlier one, and sent once too often.
    const tag = this.#parts.contentOf(spaceId)
    if (tag === undefined) return new RawJson<T>(JSON.stringify(await compute()))
    if (knownTags.includes(tag)) return new Unchanged(tag)
    const key = `${spaceId} ${operation} ${JSON.stringify(input)}`
    const known = this.#take(key)
    const bytes = known?.tag === tag ? known.bytes : Buffer.from(JSON.stringify(await compute()))
    // What was changed or erased meanwhile is not kept.
    if (this.#parts.contentOf(spaceId) === tag) this.#keep(key, { spaceId, tag, bytes })
    return new RawJson<T>(bytes, { tag })
  }

  /** Nothing of an erased space stays in memory. */
  forget(spaceId: string): void {
    for (const [key, kept] of this.#kept) if (kept.spaceId === spaceId) this.#take(key)
  }

  get bytes(): number {
    return this.#bytes
  }

  #take(key: string) {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    this.#kept.delete(key)
    this.#bytes -= kept.bytes.length
    return kept
  }

  #keep(key: string, answer: { spaceId: string; tag: string; bytes: Uint8Array }): void {
    if (answer.bytes.length > maxAnswerBytes) return
    this.#take(key)
    this.#kept.set(key, answer)
    this.#bytes += answer.bytes.length
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#parts.maxBytes) break
      this.#take(oldest)
    }
  }
}
