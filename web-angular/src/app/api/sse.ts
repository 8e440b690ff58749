/** One server-sent event, as the HTML standard dispatches it (9.2.6): `event` is `message` where none is named. */
export type ServerEvent = { event: string; data: string; id: string | undefined }

/**
 * Reads `text/event-stream` piece by piece; a piece may end anywhere, also inside `\r\n`.
 * `id` sticks until the next one, as the standard wants; `retryMs` is the server's wish for the next attempt.
 */
export class SseParser {
  retryMs: number | undefined
  #rest = ''
  #event = ''
  #data: string[] = []
  #id: string | undefined
  #first = true

  push(piece: string): ServerEvent[] {
    this.#rest += piece
    if (this.#first && this.#rest !== '') {
      this.#rest = this.#rest.replace(/^\uFEFF/, '')
      this.#first = false
    }
    const events: ServerEvent[] = []
    for (let line = this.#take(); line !== undefined; line = this.#take()) {
      const event = this.#read(line)
      if (event !== undefined) events.push(event)
    }
    return events
  }

  /** The next whole line; a lone `\r` at the end waits, for `\n` may still come. */
  #take(): string | undefined {
    const end = this.#rest.search(/[\r\n]/)
    if (end === -1) return undefined
    const isCr = this.#rest[end] === '\r'
    if (isCr && end === this.#rest.length - 1) return undefined
    const line = this.#rest.slice(0, end)
    this.#rest = this.#rest.slice(end + (isCr && this.#rest[end + 1] === '\n' ? 2 : 1))
    return line
  }

  #read(line: string): ServerEvent | undefined {
    if (line === '') return this.#dispatch()
    if (line.startsWith(':')) return undefined
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value)
    return undefined
  }

  #dispatch(): ServerEvent | undefined {
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id }
    const empty = this.#data.length === 0
    this.#event = ''
    this.#data = []
    // An event without data is not dispatched by the standard, but our `reset` may come with none.
    return empty && event.event === 'message' ? undefined : event
  }
}
