import { DomainError } from '@pf/contracts'
import type { Headers, Wire } from './wire.ts'

/** An answer longer than this comes in parts: NATS' `max_payload` is 1 MB, and many small messages share the line better. */
export const partBytes = 512 * 1024
/** Longer answers are refused: pages and claim checks are for those. */
export const answerBytes = 32 * 1024 * 1024

/** One message, or parts with `pf-part: 0…` and `pf-last: 1` on the last one; one publisher's messages keep their order. */
export function publishAnswer(wire: Wire, reply: string, body: Uint8Array, headers: Headers): void {
  if (body.length <= partBytes) {
    wire.publish(reply, body, { headers })
    return
  }
  const parts = Math.ceil(body.length / partBytes)
  for (let part = 0; part < parts; part++) {
    const piece = body.subarray(part * partBytes, (part + 1) * partBytes)
    const last: Headers = part === parts - 1 ? { 'pf-last': '1' } : {}
    wire.publish(reply, piece, { headers: { ...headers, 'pf-part': String(part), ...last } })
  }
}

/** Puts an answer together again; `add` returns it when it is whole. A part that got lost makes the answer `unavailable`. */
export class Parts {
  readonly #pieces: Uint8Array[] = []

  add(headers: Headers, body: Uint8Array): Uint8Array | undefined {
    const part = headers['pf-part']
    if (part === undefined) return body
    if (Number(part) !== this.#pieces.length) {
      throw new DomainError('unavailable', 'A part of the answer was lost on the way. Ask again.', {
        retryAfterSeconds: 1,
      })
    }
    this.#pieces.push(body)
    return headers['pf-last'] === undefined ? undefined : new Uint8Array(Buffer.concat(this.#pieces))
  }
}
