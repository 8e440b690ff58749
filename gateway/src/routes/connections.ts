import { Controller, Inject } from '@nestjs/common'
import {
  type CompletionView,
  type ConnectionView,
  DomainError,
  type Done,
  type InputOf,
  type LinkView,
  type Principal,
  type RefusalCode,
  Rest,
  requests,
} from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import type { CallOptions } from '@pf/service-kit'
import { composed, connection, feedsOf } from '../compose/connections.ts'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import { type Call, done } from '../http/call.ts'
import { fromOf, speakerOf } from '../http/from.ts'
import { psuHeadersOf } from '../http/psu-headers.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const attemptSeconds = 3600
/** Codes are short-lived. */
const returnSeconds = 600
const passing: ReadonlySet<RefusalCode> = new Set(['unavailable', 'overloaded', 'provider_unavailable'])

/** Banks: asking for one, the way there and back, syncs. Composed of what connection and extraction each know. */
@Controller()
export class ConnectionsController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.providers)
  providers(call: Call<typeof routes.providers>) {
    return reads.providers(this.#gateway.ask(call.options))
  }

  @Serves(routes.putProviderKeys)
  async putProviderKeys(call: Call<typeof routes.putProviderKeys>) {
    const input = { id: call.params.id, keys: call.body }
    const put = await this.#gateway.bus.call(requests.connection.putProviderKeys, input, call.options)
    // Where that fails the caller hears of it and puts the keys again.
    await this.#gateway.bus.call(requests.auth.noteProviderKeys, fromOf(this.#gateway, call), call.options)
    return put
  }

  @Serves(routes.checkProvider)
  checkProvider(call: Call<typeof routes.checkProvider>) {
    const options = { ...call.options, deadlineMs: 30_000 }
    return this.#gateway.bus.call(requests.connection.checkProvider, { id: call.params.id }, options)
  }

  @Serves(routes.institutions)
  institutions(call: Call<typeof routes.institutions>) {
    return reads.institutions(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.requestConnection)
  async request(call: Call<typeof routes.requestConnection>) {
    const { institution_id: institutionId, provider, friendly_name: friendlyName } = call.body
    const link = await this.#gateway.bus.call(
      requests.connection.request,
      {
        institutionId,
        ...(provider === undefined ? {} : { provider }),
        ...(friendlyName === undefined ? {} : { friendlyName }),
        commandId: call.commandId,
        // The command repeated asks for the same connection.
        connectionId: derivedUuid('connection', call.commandId),
      },
      { ...call.options, deadlineMs: 60_000 },
    )
    return this.#sendAway(call, link)
  }

  @Serves(routes.renewConnection)
  async renew(call: Call<typeof routes.renewConnection>) {
    const input = { id: call.params.id, commandId: call.commandId }
    const options = { ...call.options, deadlineMs: 60_000 }
    return this.#sendAway(call, await this.#gateway.bus.call(requests.connection.renew, input, options))
  }

  /** The browser comes back from the bank. The query proves nothing; connection asks the provider. */
  @Serves(routes.connectionCallback)
  async callback(call: Call<typeof routes.connectionCallback>): Promise<void> {
    const { ref, state, code, error } = call.query
    const reference = ref ?? state ?? ''
    const attempt = call.request.cookies[this.#gateway.attemptCookie]
    const principal = await this.#gateway.tokens.maybePrincipalOf(
      call.request.headers.authorization,
      speakerOf(call.request),
    )
    const completion = await this.#completed(
      {
        reference,
        ...(code === undefined ? {} : { code }),
        ...(error === undefined ? {} : { error }),
        ...(attempt ? { attempt } : {}),
        ...(principal === undefined ? {} : { userId: principal.userId }),
      },
      call.options,
    )
    const back = new URL('/connections', this.#gateway.publicUrl)
    back.searchParams.set('outcome', completion.outcome)
    if (completion.connection_id !== null) back.searchParams.set('connection', completion.connection_id)
    if (completion.error !== null) back.searchParams.set('error', completion.error)
    if (completion.behind !== undefined) back.searchParams.set('position', completion.behind)
    if (completion.outcome === 'linked') call.reply.clearCookie(this.#gateway.attemptCookie, this.#cookie())
    const isOpen = completion.outcome === 'sign_in' || completion.outcome === 'pending'
    if (code !== undefined && isOpen) this.#keepReturn(call, { reference, code })
    else call.reply.clearCookie(this.#gateway.returnCookie, this.#cookie())
    call.reply.header('cache-control', 'no-store').header('location', back.toString())
  }

  /** A browser has no use for a problem document: what passes is told as a return that may be repeated. */
  async #completed(input: InputOf<typeof requests.connection.complete>, options: CallOptions) {
    try {
      return await this.#gateway.bus.call(requests.connection.complete, input, { ...options, deadlineMs: 60_000 })
    } catch (error) {
      if (!(error instanceof DomainError && passing.has(error.code))) throw error
      const pending: Done<CompletionView> = { outcome: 'pending', connection_id: null, error: error.detail }
      return pending
    }
  }

  @Serves(routes.completeConnection)
  async complete(call: Call<typeof routes.completeConnection>): Promise<Rest.Connection> {
    const { id } = call.params
    await this.#known(id, call.options)
    const input = { id, userId: call.principal.userId, ...returnOf(call.request.cookies[this.#gateway.returnCookie]) }
    const { behind, outcome } = await this.#gateway.bus.call(requests.connection.complete, input, {
      ...call.options,
      deadlineMs: 60_000,
    })
    if (outcome !== 'pending') call.reply.clearCookie(this.#gateway.returnCookie, this.#cookie())
    const options = behind === undefined ? call.options : { ...call.options, logPosition: behind }
    return connection(this.#gateway.ask(options), id)
  }

  @Serves(routes.connections)
  list(call: Call<typeof routes.connections>): Promise<{ items: Rest.Connection[] }> {
    return reads.connections(this.#gateway.ask(call.options))
  }

  @Serves(routes.connection)
  one(call: Call<typeof routes.connection>): Promise<Rest.Connection> {
    return reads.connection(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.renameConnection)
  async rename(call: Call<typeof routes.renameConnection>): Promise<Rest.Connection> {
    const input = { id: call.params.id, friendlyName: call.body.friendly_name, commandId: call.commandId }
    const view = done(call, await this.#gateway.bus.call(requests.connection.rename, input, call.options))
    return composed(view, await feedsOf(this.#gateway.ask(call.options), call.params.id))
  }

  @Serves(routes.removeConnection)
  async remove(call: Call<typeof routes.removeConnection>): Promise<Rest.ConnectionErasure | undefined> {
    const { id } = call.params
    const input = { id, erase: call.query.erase ?? false, commandId: call.commandId }
    const answer = await this.#gateway.bus.call(requests.connection.remove, input, call.options)
    call.reply.status(input.erase ? 202 : 204)
    const { erasing } = done(call, answer)
    if (!input.erase && answer.behind === undefined) return undefined
    return { id, erased_account_ids: erasing?.erased ?? [], kept_account_ids: erasing?.kept ?? [] }
  }

  @Serves(routes.syncConnection)
  async sync(call: Call<typeof routes.syncConnection>): Promise<Rest.SyncRun> {
    await this.#known(call.params.id, call.options)
    const psu = psuHeadersOf(call.request)
    const input = { connectionId: call.params.id, commandId: call.commandId, psu }
    return done(call, await this.#gateway.bus.call(requests.extraction.sync, input, call.options))
  }

  @Serves(routes.syncs)
  syncs(call: Call<typeof routes.syncs>) {
    return reads.syncs(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.sync)
  oneSync(call: Call<typeof routes.sync>): Promise<Rest.Sync> {
    return reads.sync(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.advanceDemo)
  async advanceDemo(call: Call<typeof routes.advanceDemo>) {
    const input = { days: call.body.days, commandId: call.commandId }
    const options = { ...call.options, deadlineMs: 60_000 }
    return done(call, await this.#gateway.bus.call(requests.extraction.advanceDemo, input, options))
  }

  /** Somebody else's connection is not there: 404 before anything is tried. */
  async #known(id: string, options: CallOptions & { principal?: Principal }): Promise<ConnectionView> {
    return await this.#gateway.bus.call(requests.connection.get, { id }, options)
  }

  #sendAway(call: Call, answer: LinkView & { behind?: string }) {
    const { attempt, ...link } = done(call, answer)
    call.reply.setCookie(this.#gateway.attemptCookie, attempt, { ...this.#cookie(), maxAge: attemptSeconds })
    return link
  }

  /**
   * The code of a return is used once and by nobody but its connection's owner: their own browser holds it until they have
   * signed in, or until the bank answers; no server does.
   */
  #keepReturn(call: Call, returned: { reference: string; code: string }): void {
    const value = Buffer.from(JSON.stringify(returned)).toString('base64url')
    call.reply.setCookie(this.#gateway.returnCookie, value, { ...this.#cookie(), maxAge: returnSeconds })
  }

  /** Only the way back reads it, and that comes to the web's origin, wherever the bank was asked for. */
  #cookie() {
    return {
      httpOnly: true,
      sameSite: 'lax' as const,
      secure: this.#gateway.secure,
      path: '/api/connections',
    }
  }
}

/** A cookie that is none of ours says nothing. */
function returnOf(cookie: string | undefined): { reference?: string; code?: string } {
  if (!cookie) return {}
  try {
    const said: unknown = JSON.parse(Buffer.from(cookie, 'base64url').toString())
    if (typeof said !== 'object' || said === null || !('reference' in said) || !('code' in said)) return {}
    const { reference, code } = said
    return typeof reference === 'string' && typeof code === 'string' ? { reference, code } : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
