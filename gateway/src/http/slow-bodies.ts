import type { IncomingMessage, ServerResponse } from 'node:http'
import { early, refuseEarly } from './refuse-early.ts'

/** Bytes of its connection when the window began, and when that was. */
type Watched = { response: ServerResponse; bytes: number; sinceMs: number }
type Bounds = { bodyBytesPerSecond: number; bodyWindowMs: number }

/** Gives up requests whose bodies trickle in. One timer for all of them. */
export class SlowBodies {
  readonly #bounds: Bounds
  readonly #coming = new Map<IncomingMessage, Watched>()
  readonly #timer: NodeJS.Timeout

  constructor(bounds: Bounds) {
    this.#bounds = bounds
    this.#timer = setInterval(() => this.#check(performance.now()), Math.min(1_000, bounds.bodyWindowMs))
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
    if (encoding === undefined && Number(length) === 0) return
    this.#coming.set(request, { response, bytes: request.socket.bytesRead, sinceMs: performance.now() })
    const over = () => this.#coming.delete(request)
    request.once('end', over)
    request.once('close', over)
  }

  #check(nowMs: number): void {
    for (const [request, watched] of this.#coming) {
      const lastedMs = nowMs - watched.sinceMs
      if (lastedMs < this.#bounds.bodyWindowMs) continue
      const bytes = request.socket.bytesRead
      // Nobody reads: the service behind is busy, and the client is held up rather than slow.
      const heldUp = request.readableLength >= request.readableHighWaterMark
      const perSecond = ((bytes - watched.bytes) * 1_000) / lastedMs
      if (perSecond >= this.#bounds.bodyBytesPerSecond || heldUp) {
        this.#coming.set(request, { ...watched, bytes, sinceMs: nowMs })
        continue
      }
      this.#coming.delete(request)
      if (watched.response.headersSent) request.destroy()
      else refuseEarly(watched.response, early.tooSlow)
    }
  }
}
