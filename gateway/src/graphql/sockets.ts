import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { DomainError, type Principal, type Rest } from '@pf/contracts'
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  OperationTypeNode,
} from 'graphql'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type ServerOptions } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Gateway } from '../gateway.ts'
import { isOwnOrigin } from '../http/origins.ts'
import { type EarlyRefusal, refuseOnSocket } from '../http/refuse-early.ts'
import { Changes } from './changes.ts'
import { type Ready, Refused } from './engine.ts'
import { type Live, Reading } from './reading.ts'

/** Every bound of a socket, by name. */
export const socketBounds = {
  /** All users together. */
  sockets: 1_000,
  perUser: 16,
  subscriptions: 20,
  /** Of one message that comes in. */
  messageBytes: 64 * 1024,
  /** A client that does not read is cut off rather than buffered for. */
  bufferedBytes: 256 * 1024,
  initMs: 5_000,
  /** How long one event may be read for. */
  eventMs: 30_000,
  pingMs: 15_000,
} as const

type Signed = Principal & { expiresAt: number }
/** What is known of one socket. */
type Extra = { socket: WebSocket; signed?: Signed; closed: AbortSignal; open: number }
type Admit = (request: IncomingMessage) => EarlyRefusal | undefined

const forbidden = (detail: string): EarlyRefusal => ({ status: 403, code: 'forbidden', title: 'Forbidden', detail })
const wrong = (detail: string): EarlyRefusal => ({ status: 400, code: 'invalid_input', title: 'Bad Request', detail })

/**
 * Subscriptions by graphql-transport-ws. The token comes in `connection_init` and nowhere else; a browser's page has to be
 * ours. A socket ends with its token, its session, or when its client does not read.
 */
export class GraphqlSockets {
  readonly #gateway: Gateway
  readonly #admit: Admit
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: socketBounds.messageBytes,
    clientTracking: true,
  })
  readonly #perUser = new Map<string, number>()
  readonly #protocol = makeServer<{ token?: unknown; authorization?: unknown }, Extra>(this.#options())

  /** `admit`: what is refused of every request, such as another host's. */
  constructor(gateway: Gateway, admit: Admit) {
    this.#gateway = gateway
    this.#admit = admit
  }

  get open(): number {
    return this.#sockets.clients.size
  }

  listen(server: Server, path: string): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      const refusal = this.#admit(request) ?? this.#refusal(request, path)
      if (refusal !== undefined) return refuseOnSocket(socket, refusal)
      this.#sockets.handleUpgrade(request, socket as Duplex, head, (opened) => this.#opened(opened))
    })
  }

  stop(): void {
    for (const socket of this.#sockets.clients) socket.close(1001, 'Going away')
    this.#sockets.close()
  }

  #refusal({ url, headers }: IncomingMessage, path: string): EarlyRefusal | undefined {
    if (url?.split('?')[0] !== path) {
      return { status: 404, code: 'not_found', title: 'Not Found', detail: 'No WebSocket is at this address.' }
    }
    if (url.includes('?'))
      return wrong('Nothing belongs behind this address, least of all a token: it goes into connection_init.')
    if (!isOwnOrigin(headers, this.#gateway.publicUrl)) {
      return forbidden(
        'A WebSocket needs the Origin of this installation: open it from the dashboard, or send the header.',
      )
    }
    const protocols = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
    if (!protocols.includes(GRAPHQL_TRANSPORT_WS_PROTOCOL)) return wrong(`Speak ${GRAPHQL_TRANSPORT_WS_PROTOCOL}.`)
    if (this.open < socketBounds.sockets) return undefined
    return {
      status: 503,
      code: 'overloaded',
      title: 'Service Unavailable',
      detail: 'Too many sockets are open. Try again later.',
    }
  }

  #opened(socket: WebSocket): void {
    const closed = new AbortController()
    const extra: Extra = { socket, closed: closed.signal, open: 0 }
    const watch = this.#watch(extra)
    const gone = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => {
          socket.send(text)
          if (socket.bufferedAmount > socketBounds.bufferedBytes) socket.terminate()
        },
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on(
            'message',
            (data) => void take(String(data)).catch((error: unknown) => this.#failed(socket, error)),
          ),
      },
      extra,
    )
    socket.on('error', () => socket.terminate())
    socket.once('close', (code, reason) => {
      clearInterval(watch)
      closed.abort(new DomainError('unavailable', 'The client went away.'))
      if (extra.signed !== undefined) this.#count(extra.signed.userId, -1)
      void gone(code, String(reason))
    })
  }

  #failed(socket: WebSocket, error: unknown): void {
    this.#gateway.graphql.report(error)
    socket.close(CloseCode.InternalServerError, 'Something went wrong here')
  }

  /** Ends it with its token or its session, and when the client answers no ping. */
  #watch(extra: Extra): NodeJS.Timeout {
    const { socket } = extra
    let isAlive = true
    let sinceMs = 0
    socket.on('pong', () => {
      isAlive = true
    })
    return setInterval(() => {
      const { signed } = extra
      const { tokens, now } = this.#gateway
      if (signed && (tokens.isEnded(signed) || now() >= signed.expiresAt * 1000)) {
        return socket.close(CloseCode.Forbidden, 'The token or the session has ended')
      }
      sinceMs += 250
      if (sinceMs < socketBounds.pingMs) return
      sinceMs = 0
      if (!isAlive) return socket.terminate()
      isAlive = false
      socket.ping()
    }, 250)
  }

  #count(userId: string, change: 1 | -1): number {
    const open = (this.#perUser.get(userId) ?? 0) + change
    if (open > 0) this.#perUser.set(userId, open)
    else this.#perUser.delete(userId)
    return open
  }

  #options(): ServerOptions<{ token?: unknown; authorization?: unknown }, Extra> {
    return {
      connectionInitWaitTimeout: socketBounds.initMs,
      onConnect: async ({ connectionParams, extra }) => {
        const { token, authorization } = connectionParams ?? {}
        const header = typeof token === 'string' ? `Bearer ${token}` : authorization
        try {
          const signed = await this.#gateway.tokens.principalOf(typeof header === 'string' ? header : undefined)
          if (this.#count(signed.userId, 1) <= socketBounds.perUser && !extra.closed.aborted) {
            extra.signed = signed
            return true
          }
          this.#count(signed.userId, -1)
          return false
        } catch (error) {
          if (error instanceof DomainError) return false
          throw error
        }
      },
      onSubscribe: ({ extra }, _id, payload) => {
        try {
          if (extra.open >= socketBounds.subscriptions) {
            throw new DomainError('too_many_requests', `${extra.open} subscriptions are open on this socket. End some.`)
          }
          const { query, variables = null, operationName = null } = payload
          const ready = this.#gateway.graphql.prepare(
            { query, variables, operationName },
            OperationTypeNode.SUBSCRIPTION,
          )
          extra.open++
          return { ...ready, contextValue: this.#reading(extra, undefined) }
        } catch (error) {
          return refusalsOf(error instanceof Refused ? error.errors : [this.#gateway.graphql.told(error)])
        }
      },
      subscribe: (args) => this.#events(args),
      onNext: (_context, _id, _payload, args, result) =>
        this.#gateway.graphql.answer(result as ExecutionResult, (args as Ready).cost) as never,
      onComplete: ({ extra }) => {
        extra.open--
      },
    }
  }

  /** As graphql-js does, but each event is read with what is new at its position. */
  async #events(args: ExecutionArgs): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
    const source = await createSourceEventStream(args)
    if (!(source instanceof Changes)) return source as ExecutionResult
    const { live } = args.contextValue as Reading
    return mapped(source, async ({ position, root }) =>
      execute({ ...args, rootValue: root, contextValue: live?.reading(position) }),
    )
  }

  #reading(extra: Extra, position: string | undefined): Reading {
    const { signed } = extra
    if (signed === undefined) throw new DomainError('unauthenticated', 'Begin with connection_init and a token.')
    const { expiresAt: _, ...principal } = signed
    const signal = AbortSignal.any([extra.closed, AbortSignal.timeout(socketBounds.eventMs)])
    const options = { principal, signal, ...(position === undefined ? {} : { logPosition: position }) }
    const { notices, graphql } = this.#gateway
    const live: Live = {
      reading: (at) => this.#reading(extra, at),
      changes: ({ read, ...what }) =>
        new Changes({
          ...what,
          notices,
          spaceId: principal.spaceId,
          read: (at) => read(this.#reading(extra, at), at),
          onError: (error) => graphql.report(error),
        }),
    }
    return new Reading(this.#gateway.ask(options), principal, live)
  }
}

const refusalsOf = (errors: readonly Rest.GraphqlError[]) =>
  errors.map(({ message, extensions }) => new GraphQLError(message, { extensions }))

/** Ends its source at once when it is ended, whatever it waits for. */
function mapped<T, U>(source: AsyncIterableIterator<T>, map: (value: T) => Promise<U>): AsyncIterableIterator<U> {
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const { done, value } = await source.next()
      return done ? { done, value: undefined } : { done: false, value: await map(value) }
    },
    async return() {
      await source.return?.()
      return { done: true, value: undefined }
    },
  }
}
