import { refuse } from '@pf/contracts'

/** An edge's place: the page of REST's list that it stood on (`from`: that page's cursor), where there, and its key. */
export type Place = { from: string | null; index: number; key: string }

const mark = 'edge.'

export const encodePlace = ({ from, index, key }: Place): string =>
  mark + Buffer.from(JSON.stringify([from, index, key])).toString('base64url')

/** `after` is a place, or REST's own cursor of a list that has one. Throws `invalid_input`. */
export function decodeAfter(after: string): Place | string {
  if (!after.startsWith(mark)) return after
  try {
    const said: unknown = JSON.parse(Buffer.from(after.slice(mark.length), 'base64url').toString())
    if (Array.isArray(said) && said.length === 3) {
      const [from, index, key] = said as unknown[]
      if ((from === null || typeof from === 'string') && typeof key === 'string' && Number.isSafeInteger(index)) {
        return { from, index: Number(index), key }
      }
    }
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw noCursor()
}

export const noCursor = () =>
  refuse('invalid_input', '`after` is no cursor that this list handed out; begin again without one.')
