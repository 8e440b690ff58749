import { connect, createServer, type Server, type Socket } from 'node:net'

const deadlineMs = 60_000

/** `isHalf`: the server's side has gone, and the client was not told. */
type Pair = { client: Socket; server: Socket; isHalf: boolean }
type Trap = {
  pattern: RegExp
  left: number
  spring: () => Promise<void>
  sprung: () => void
  failed: (error: unknown) => void
}

/**
 * A wire between a client and a server, which can be cut, held, slowed down, or left half open. It reads along what the
 * client sends, so that a fault can be placed between one statement and the next.
 */
export class Wire {
  readonly #server: Server
  readonly #target: () => number
  readonly #pairs = new Set<Pair>()
  readonly #traps: Trap[] = []
  /** Bytes that have passed, both ways. */
  carried = 0
  #isCut = false
  #delayMs = 0
  /** Resolved unless bytes are held. */
  #passage = Promise.withResolvers<void>()

  private constructor(target: () => number) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
    this.#passage.resolve()
  }

  /** `target`: the port on 127.0.0.1 as it is at the moment of each connection. */
  static async start(target: () => number): Promise<Wire> {
    const wire = new Wire(target)
    await new Promise<void>((resolve, reject) => {
      wire.#server.once('error', reject)
      wire.#server.listen(0, '127.0.0.1', resolve)
    })
    return wire
  }

  get port(): number {
    const address = this.#server.address()
    if (typeof address !== 'object' || address === null) throw new Error('The wire listens no more.')
    return address.port
  }

  /** Every connection is reset, and every new one refused. */
  cut(): void {
    this.#isCut = true
    for (const { client, server } of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  /** A partition: no byte goes either way and nobody hears of it; what was sent arrives when it is mended. */
  hold(): void {
    this.#passage = Promise.withResolvers()
  }

  /** The server's side of every connection goes away, and the client is not told. New connections work. */
  halfOpen(): void {
    for (const pair of this.#pairs) {
      pair.isHalf = true
      pair.server.destroy()
    }
  }

  slow(delayMs: number): void {
    this.#delayMs = delayMs
  }

  mend(): void {
    this.#isCut = false
    this.#delayMs = 0
    this.#passage.resolve()
  }

  /**
   * Waits for the `nth` time from now on that a client sends something that matches, holds it back while `spring` runs,
   * and resolves when it has gone on.
   */
  when(pattern: RegExp, nth: number, spring: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`Nobody has sent ${pattern} ${trap.left} times more within ${deadlineMs} ms.`))
      }, deadlineMs)
      const sprung = () => {
        clearTimeout(late)
        resolve()
      }
      const trap: Trap = { pattern, left: nth, spring, sprung, failed: reject }
      this.#traps.push(trap)
    })
  }

  async end(): Promise<void> {
    this.cut()
    this.#passage.resolve()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    client.on('error', () => client.destroy())
    if (this.#isCut) {
      client.destroy()
      return
    }
    const server = connect(this.#target(), '127.0.0.1')
    const pair = { client, server, isHalf: false }
    this.#pairs.add(pair)
    server.on('error', () => server.destroy())
    client.once('close', () => this.#close(pair))
    server.once('close', () => {
      if (!pair.isHalf) this.#close(pair)
    })
    this.#carry(client, server, (chunk) => this.#spring(chunk))
    this.#carry(server, client, async () => undefined)
  }

  #close(pair: Pair): void {
    this.#pairs.delete(pair)
    pair.client.destroy()
    pair.server.destroy()
  }

  /** Chunk after chunk, so that a held wire fills the sender's buffers and nothing here. */
  #carry(from: Socket, to: Socket, look: (chunk: Buffer) => Promise<void>): void {
    from.on('data', async (chunk: Buffer) => {
      from.pause()
      await look(chunk)
      if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs))
      await this.#passage.promise
      if (!to.destroyed) to.write(chunk)
      this.carried += chunk.length
      from.resume()
    })
  }

  async #spring(chunk: Buffer): Promise<void> {
    const trap = this.#traps.find(({ pattern }) => pattern.test(chunk.toString('latin1')))
    if (trap === undefined || --trap.left > 0) return
    this.#traps.splice(this.#traps.indexOf(trap), 1)
    await trap.spring().then(trap.sprung, trap.failed)
  }
}
