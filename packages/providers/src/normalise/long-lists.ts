import { UnreadablePayload } from './unreadable-payload.ts'

/** In Node and in browsers; declared here because this file also compiles with ECMAScript's own library alone. */
declare const TextDecoder: new (
  encoding?: string,
  options?: { ignoreBOM?: boolean },
) => { decode(bytes: Uint8Array): string }

/** Rows in their order, all at hand or parsed as they are asked for. */
export interface RowList extends Iterable<unknown> {
  readonly length: number
  /** Undefined where there is none. */
  at(index: number): unknown
}

export const isList = (value: unknown): value is RowList => Array.isArray(value) || value instanceof LongList

/** Enough rows for one call of the parser, and few enough that what it makes of them is gone before the next ones come. */
const PIECE_BYTES = 64 * 1024

/** Of the elements of one list: where they stand in the text, and how many there are before them and in them. */
interface Piece {
  from: number
  to: number
  first: number
  count: number
}

/**
 * A list of a JSON text whose elements are no objects yet: they are parsed some hundred at a time, and anew each time they are
 * asked for. Reading it throws UnreadablePayload where the text is no JSON.
 */
export class LongList implements RowList {
  readonly length: number
  readonly #text: Uint8Array
  readonly #pieces: readonly Piece[]
  #open: { piece: Piece; elements: readonly unknown[] } | undefined
  /** All of it has been read once, and is JSON. */
  #whole = false

  constructor(text: Uint8Array, pieces: readonly Piece[]) {
    this.#text = text
    this.#pieces = pieces
    const last = pieces.at(-1)
    this.length = last === undefined ? 0 : last.first + last.count
  }

  *[Symbol.iterator](): Generator<unknown, void, undefined> {
    for (const piece of this.#pieces) yield* this.#elementsOf(piece)
    this.#whole = true
  }

  at(index: number): unknown {
    const piece = this.#pieces.findLast(({ first }) => first <= index)
    if (piece === undefined) return undefined
    if (this.#open?.piece !== piece) this.#open = { piece, elements: this.#elementsOf(piece) }
    return this.#open.elements[index - piece.first]
  }

  /** Throws UnreadablePayload where a part that nobody has read yet is no JSON. */
  check(): void {
    if (this.#whole) return
    for (const piece of this.#pieces) this.#elementsOf(piece)
    this.#whole = true
  }

  #elementsOf({ from, to, count }: Piece): unknown[] {
    const elements = parsed(`[${within.decode(this.#text.subarray(from, to))}]`, this.#text) as unknown[]
    // A comma too many: nothing stands before it, or behind it.
    if (elements.length !== count) throw noJson(this.#text)
    return elements
  }
}

/** At the start of a text the mark of its encoding is none of it; anywhere else it is a character, and no JSON. */
const [whole, within] = [new TextDecoder(), new TextDecoder('utf-8', { ignoreBOM: true })]

/** The body of every answer that was cut, with its lists. */
const cut = new WeakMap<object, readonly LongList[]>()

/** Throws UnreadablePayload for bytes that are not JSON. */
export function parseWhole(bytes: Uint8Array): unknown {
  return parsed(whole.decode(bytes), bytes)
}

/**
 * As `parseWhole`, but what stands where the answers of providers have their rows, `{"…":{"…":[HERE]}}` and
 * `{"…":[{"…":[HERE]}]}`, is a LongList each. What is read of them is what `JSON.parse` of the whole says, whatever the
 * text; that all of it is JSON is known after `checkLists`. `pieceBytes`: a list is cut at the first comma beyond so many.
 */
export function parseCut(bytes: Uint8Array, pieceBytes = PIECE_BYTES): unknown {
  const spans = longListsIn(bytes, pieceBytes)
  const body = parsed(whole.decode(withoutElements(bytes, spans)), bytes)
  const lists = spans.map(({ pieces }) => new LongList(bytes, pieces))
  if (typeof body !== 'object' || body === null) return body
  putBack(body, lists)
  cut.set(body, lists)
  return body
}

/** Throws UnreadablePayload where a part of a cut body that nobody has read yet is no JSON. */
export function checkLists(body: unknown): void {
  if (typeof body === 'object' && body !== null) for (const list of cut.get(body) ?? []) list.check()
}

function parsed(text: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which is personal data: it is not passed on.
    throw noJson(bytes)
  }
}

const noJson = ({ byteLength }: Uint8Array) => new UnreadablePayload(`${byteLength} bytes that are no JSON`, 'JSON')

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]
/** The objects and lists that lie around a list of rows, outermost first. */
const AROUND = [
  [OPEN_OBJECT, OPEN_OBJECT],
  [OPEN_OBJECT, OPEN_LIST, OPEN_OBJECT],
] as const
const DEEPEST = Math.max(...AROUND.map(({ length }) => length))

/** Between the brackets of a list. */
interface Span {
  from: number
  to: number
  pieces: Piece[]
}

/**
 * Finds the lists by their brackets and cuts their elements at commas, stepping over texts; nothing else of the grammar is
 * looked at, for each piece, and all that lies around the lists, is parsed by `JSON.parse`. Valid JSON is cut where its
 * elements end; and pieces and surroundings that are valid cannot come of a text that is not. Throws UnreadablePayload where
 * brackets or quotes do not close.
 */
function longListsIn(bytes: Uint8Array, pieceBytes: number): Span[] {
  const spans: Span[] = []
  const around: number[] = []
  let list: Span | undefined
  let listDepth = 0
  let [first, count, pieceFrom] = [0, 0, 0]
  let depth = 0
  const endPiece = (to: number) => {
    list?.pieces.push({ from: pieceFrom, to, first, count })
    first += count
    pieceFrom = to + 1
    count = 0
  }
  for (let i = 0; i < bytes.length; i++) {
    const unit = bytes[i]
    if (unit === QUOTE) {
      i = endOfText(bytes, i)
    } else if (unit === COMMA) {
      if (depth !== listDepth || list === undefined) continue
      count++
      if (i - pieceFrom >= pieceBytes) endPiece(i)
    } else if (unit === OPEN_OBJECT || unit === OPEN_LIST) {
      if (depth < DEEPEST) around[depth] = unit
      if (unit === OPEN_LIST && list === undefined && holdsRows(around, depth)) {
        list = { from: i + 1, to: i + 1, pieces: [] }
        listDepth = depth + 1
        pieceFrom = i + 1
        first = 0
      }
      depth++
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_LIST) {
      if (list !== undefined && depth === listDepth) {
        if (unit !== CLOSE_LIST) throw noJson(bytes)
        list.to = i
        if (list.pieces.length > 0 || count > 0 || !isBlank(bytes, pieceFrom, i)) {
          count++
          endPiece(i)
        }
        count = 0
        spans.push(list)
        list = undefined
      }
      depth--
      if (depth < 0) throw noJson(bytes)
    }
  }
  if (depth !== 0) throw noJson(bytes)
  return spans
}

/** Of the text that begins at `from`: where its last quote stands. Throws UnreadablePayload where it has none. */
function endOfText(bytes: Uint8Array, from: number): number {
  for (let i = from + 1; i < bytes.length; i++) {
    const unit = bytes[i]
    if (unit === QUOTE) return i
    if (unit === BACKSLASH) i++
  }
  throw noJson(bytes)
}

const holdsRows = (around: readonly number[], depth: number): boolean =>
  AROUND.some((kinds) => kinds.length === depth && kinds.every((kind, place) => around[place] === kind))

/** White space as JSON has it. */
function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const unit = bytes[i]
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return false
  }
  return true
}

/** The text with its lists' numbers in their places: `{"transactions":{"booked":[0],"pending":[1]}}`. */
function withoutElements(bytes: Uint8Array, spans: readonly Span[]): Uint8Array {
  const parts: Uint8Array[] = []
  let from = 0
  for (const [number, span] of spans.entries()) {
    parts.push(
      bytes.subarray(from, span.from),
      Uint8Array.from(String(number), (digit) => digit.charCodeAt(0)),
    )
    from = span.to
  }
  parts.push(bytes.subarray(from))
  const text = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const part of parts) {
    text.set(part, at)
    at += part.byteLength
  }
  return text
}

/** Which list stands where is what the parser says of their numbers: of a name that comes twice it takes the last one. */
function putBack(body: object, lists: readonly LongList[]): void {
  if (Array.isArray(body)) return
  for (const value of Object.values(body)) {
    for (const holder of Array.isArray(value) ? value : [value]) {
      if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) continue
      for (const [name, [number]] of Object.entries(holder).filter(isNumbered)) holder[name] = lists[number]
    }
  }
}

const isNumbered = (entry: [string, unknown]): entry is [string, [number]] => Array.isArray(entry[1])
