import { Controller, Inject } from '@nestjs/common'
import { type OutputOf, Rest, refuse, requests } from '@pf/contracts'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import { type Call, done } from '../http/call.ts'
import { fromOf, speakerOf } from '../http/from.ts'
import { Serves } from '../http/serves.ts'
import { clearSession, forgetDevice, giveSession } from '../http/session-cookies.ts'

const { routes } = Rest
type Tokens = OutputOf<typeof requests.auth.login>

/** Log-in of the embedded identity provider. The refresh token lives in a cookie that no script reads. */
@Controller()
export class AuthController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.register)
  async register(call: Call<typeof routes.register>): Promise<Rest.RegisteredUser> {
    const input = { ...call.body, ...this.#from(call), commandId: call.commandId }
    const user = await this.#gateway.bus.call(requests.auth.register, input, call.options)
    return done(call, user)
  }

  @Serves(routes.login)
  async login(call: Call<typeof routes.login>): Promise<Rest.AccessToken> {
    const input = { ...call.body, ...this.#from(call) }
    return this.#give(call, await this.#gateway.bus.call(requests.auth.login, input, call.options))
  }

  @Serves(routes.me)
  me(call: Call<typeof routes.me>): Promise<Rest.User> {
    return reads.me(this.#gateway.ask(call.options))
  }

  /** Signed out here as well: the cookie is of a session that has ended. */
  @Serves(routes.eraseMe)
  async eraseMe(call: Call<typeof routes.eraseMe>): Promise<void> {
    await this.#gateway.bus.call(requests.auth.requestErasure, call.body, call.options)
    this.#clear(call)
    forgetDevice(this.#gateway, call)
    call.reply.header('clear-site-data', '"cache"')
  }

  @Serves(routes.refresh)
  async refresh(call: Call<typeof routes.refresh>): Promise<Rest.AccessToken> {
    const refreshToken = call.request.cookies[this.#gateway.refreshCookie]
    if (!refreshToken) throw refuse('refresh_missing', 'There is no session to refresh here. Sign in.')
    try {
      return this.#give(
        call,
        await this.#gateway.bus.call(requests.auth.refresh, { refreshToken, ...this.#from(call) }, call.options),
      )
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('refresh_')) this.#clear(call)
      throw error
    }
  }

  @Serves(routes.logout)
  async logout(call: Call<typeof routes.logout>): Promise<{ ok: boolean }> {
    const refreshToken = call.request.cookies[this.#gateway.refreshCookie]
    const principal = await this.#gateway.tokens.maybePrincipalOf(
      call.request.headers.authorization,
      speakerOf(call.request),
    )
    const session = principal && { sessionId: principal.sessionId, userId: principal.userId }
    const input = { ...(refreshToken ? { refreshToken } : {}), ...(session ? { session } : {}), ...this.#from(call) }
    if (refreshToken || session) await this.#gateway.bus.call(requests.auth.logout, input, call.options)
    this.#clear(call)
    // What this browser kept of the answers is the user's who leaves.
    call.reply.header('clear-site-data', '"cache"')
    return { ok: true }
  }

  @Serves(routes.sessions)
  sessions(call: Call<typeof routes.sessions>) {
    return this.#gateway.bus.call(requests.auth.sessions, {}, call.options)
  }

  @Serves(routes.revokeSession)
  async revokeSession(call: Call<typeof routes.revokeSession>): Promise<void> {
    await this.#gateway.bus.call(requests.auth.revokeSession, { id: call.params.id, ...this.#from(call) }, call.options)
  }

  @Serves(routes.changePassword)
  async changePassword(call: Call<typeof routes.changePassword>): Promise<void> {
    const { current, new: fresh } = call.body
    const input = { current, fresh, commandId: call.commandId, ...this.#from(call) }
    await this.#gateway.bus.call(requests.auth.changePassword, input, call.options)
  }

  @Serves(routes.audit)
  audit(call: Call<typeof routes.audit>) {
    return this.#gateway.bus.call(requests.auth.audit, call.query, call.options)
  }

  @Serves(routes.backchannelLogout)
  async backchannelLogout({ body, options }: Call<typeof routes.backchannelLogout>): Promise<void> {
    await this.#gateway.bus.call(requests.auth.loggedOutElsewhere, { logoutToken: body.logout_token }, options)
  }

  @Serves(routes.rotateSigningKeys)
  rotateSigningKeys(call: Call<typeof routes.rotateSigningKeys>) {
    return this.#gateway.bus.call(requests.auth.rotateSigningKeys, {}, call.options)
  }

  @Serves(routes.authConfig)
  async config(call: Call<typeof routes.authConfig>): Promise<Rest.AuthConfig> {
    const config = await this.#gateway.bus.call(requests.auth.config, {}, call.options)
    return { ...config, demo: this.#gateway.demo }
  }

  #from(call: Call) {
    return fromOf(this.#gateway, call)
  }

  #give(call: Call, tokens: Tokens): Rest.AccessToken {
    return giveSession(this.#gateway, call, tokens)
  }

  #clear(call: Call): void {
    clearSession(this.#gateway, call)
  }
}
