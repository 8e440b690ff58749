import { createHash, randomUUID } from 'node:crypto'
import { Controller } from '@nestjs/common'
import {
  type ApiTokenHolder,
  type CompletionView,
  type ConnectionView,
  DomainError,
  type InputOf,
  type Principal,
  refuse,
  requests,
  tokenAudience,
  tokenIssuer,
} from '@pf/contracts'
import { Answers, createLogger, type PlatformConfig, type RequestContext, startService } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { GatewayBounds } from '../bounds.ts'
import { startGateway } from '../start.ts'

/** What the services behind the gateway were asked, and how they are to behave. */
export type Asked = { operation: string; input: Record<string, unknown>; principal: Principal | undefined }
export const behaviour = {
  asked: [] as Asked[],
  /** Position that a command's answer is behind by. */
  behind: undefined as string | undefined,
  endedSessions: [] as string[],
  erasedSpaces: [] as string[],
  /** By the SHA-256 of the token. */
  apiTokens: new Map<string, ApiTokenHolder>(),
  /** What a return from the bank comes to. */
  outcome: 'linked' as CompletionView['outcome'],
  trouble: undefined as Error | undefined,
  /** What a list waits for. */
  slow: undefined as ((signal: AbortSignal) => Promise<void>) | undefined,
}

const { privateKey, publicKey } = await generateKeyPair('ES256')
/** Another provider of identities, as Keycloak is one: its tokens name nobody of ours. */
const foreign = await generateKeyPair('RS256')
const foreignIssuer = 'https://id.example.org/realms/personal-finances'

const heard = (operation: string, input: object, principal?: Principal): void => {
  behaviour.asked.push({ operation, input: { ...input }, principal })
  if (behaviour.trouble !== undefined) throw behaviour.trouble
}
const late = () => (behaviour.behind === undefined ? {} : { behind: behaviour.behind })
const tokens = (n: number) => ({
  access_token: `access-${n}`,
  expires_in: 900,
  refresh_token: `refresh-${n}`,
  refresh_expires_in: 2_592_000,
})

/** Stands in for auth at the bus, by its contract: the gateway's specs know no service. */
@Controller()
class StandInAuth {
  #issued = 0

  @Answers(requests.auth.register)
  async register(input: InputOf<typeof requests.auth.register>) {
    heard('register', input)
    return { id: 'u-1', username: input.username, ...late() }
  }

  @Answers(requests.auth.login)
  async login(input: InputOf<typeof requests.auth.login>) {
    heard('login', input)
    if (input.password === 'wrong') throw refuse('bad_credentials', 'No.')
    if (input.password === 'half of it') {
      throw new DomainError('mfa_required', 'And a code.', { members: { mfa_token: 'm-1' } })
    }
    return tokens(++this.#issued)
  }

  @Answers(requests.auth.loginMfa)
  async loginMfa(input: InputOf<typeof requests.auth.loginMfa>) {
    heard('login_mfa', input)
    if (input.code === '000000') throw refuse('mfa_refused', 'No.')
    return tokens(++this.#issued)
  }

  @Answers(requests.auth.beginPasskeyLogin)
  async beginPasskeyLogin(input: InputOf<typeof requests.auth.beginPasskeyLogin>) {
    heard('begin_passkey_login', input)
    return { rpId: 'localhost', challenge: 'c-1', timeout: 300_000, userVerification: 'required' as const }
  }

  @Answers(requests.auth.loginPasskey)
  async loginPasskey(input: InputOf<typeof requests.auth.loginPasskey>) {
    heard('login_passkey', input)
    if (input.credential.id === 'unknown') throw refuse('passkey_refused', 'No.')
    return tokens(++this.#issued)
  }

  @Answers(requests.auth.registerPasskey)
  async registerPasskey(input: InputOf<typeof requests.auth.registerPasskey>, principal: Principal) {
    heard('register_passkey', input, principal)
    const created_at = '2026-11-20T08:00:00.000Z'
    return { id: 'p-1', name: input.name, created_at, last_used_at: null, synced: false }
  }

  @Answers(requests.auth.refresh)
  async refresh(input: InputOf<typeof requests.auth.refresh>) {
    heard('refresh', input)
    if (input.refreshToken === 'old') throw refuse('refresh_reused', 'Ended.')
    return tokens(++this.#issued)
  }

  @Answers(requests.auth.logout)
  async logout(input: InputOf<typeof requests.auth.logout>) {
    heard('logout', input)
    return { ok: true as const }
  }

  @Answers(requests.auth.requestErasure)
  async requestErasure(input: InputOf<typeof requests.auth.requestErasure>, principal: Principal) {
    heard('requestErasure', input, principal)
    return {}
  }

  @Answers(requests.auth.me)
  async me(input: object, principal: Principal) {
    heard('me', input, principal)
    return { id: principal.userId, username: 'sam', roles: ['user' as const] }
  }

  @Answers(requests.auth.keys)
  async keys() {
    const keys = [{ ...(await exportJWK(publicKey)), kid: 'k-1', alg: 'ES256', use: 'sig' }]
    const ours = { issuer: tokenIssuer, audience: tokenAudience, algorithms: ['ES256'], type: 'at+jwt', keys }
    const theirs = {
      issuer: foreignIssuer,
      audience: tokenAudience,
      algorithms: ['RS256'],
      type: 'JWT',
      asked: true as const,
    }
    const foreignKeys = [{ ...(await exportJWK(foreign.publicKey)), kid: 'k-1', alg: 'RS256', use: 'sig' }]
    return { issuers: [ours, { ...theirs, keys: foreignKeys }] }
  }

  @Answers(requests.auth.principal)
  async principal(input: InputOf<typeof requests.auth.principal>) {
    heard('principal', input)
    return sam
  }

  @Answers(requests.auth.loggedOutElsewhere)
  async loggedOutElsewhere(input: InputOf<typeof requests.auth.loggedOutElsewhere>) {
    heard('logged_out_elsewhere', input)
    if (input.logoutToken !== 'signed') throw refuse('logout_token_invalid', 'It is not signed.')
    return {}
  }

  @Answers(requests.auth.endedSessions)
  async endedSessions() {
    return { sessionIds: behaviour.endedSessions, spaceIds: behaviour.erasedSpaces }
  }

  @Answers(requests.auth.issueApiToken)
  async issueApiToken(input: InputOf<typeof requests.auth.issueApiToken>, principal: Principal) {
    heard('issue_api_token', input, principal)
    const { name, scopes, expiresAt } = input
    const seen = { id: 't-1', name, scopes, created_at: '2026-11-20T08:00:00.000Z', last_used_at: null }
    return { ...seen, expires_at: expiresAt ?? null, token: 'pf_shown-once' }
  }

  @Answers(requests.auth.apiTokens)
  async apiTokens(input: object, principal: Principal) {
    heard('api_tokens', input, principal)
    return { items: [] }
  }

  @Answers(requests.auth.revokeApiToken)
  async revokeApiToken(input: InputOf<typeof requests.auth.revokeApiToken>, principal: Principal) {
    heard('revoke_api_token', input, principal)
    return {}
  }

  @Answers(requests.auth.apiTokenHolder)
  async apiTokenHolder(input: InputOf<typeof requests.auth.apiTokenHolder>) {
    heard('api_token_holder', input)
    return { holder: behaviour.apiTokens.get(input.hash) ?? null }
  }

  @Answers(requests.auth.noteProviderKeys)
  async noteProviderKeys(input: InputOf<typeof requests.auth.noteProviderKeys>, principal: Principal) {
    heard('note_provider_keys', input, principal)
    return {}
  }

  @Answers(requests.auth.config)
  async config() {
    return {
      mode: 'embedded' as const,
      registration: 'open' as const,
      invite_needed: false,
      second_factors: true,
      passkeys: true,
    }
  }
}

const connection = (id: string, friendlyName: string | null): ConnectionView => ({
  id,
  provider: 'sandbox',
  institution: { id: 'BANK', name: 'Bank', logo: '' },
  friendly_name: friendlyName,
  status: 'active',
  consent: null,
  accounts: [],
  demo: true,
  error: null,
})

@Controller()
class StandInConnection {
  @Answers(requests.connection.list)
  async list(input: object, principal: Principal, { signal }: RequestContext) {
    heard('list', input, principal)
    if (behaviour.slow !== undefined) await behaviour.slow(signal)
    return { items: [connection('c-1', null)] }
  }

  @Answers(requests.connection.get)
  async get(input: { id: string }, principal: Principal) {
    heard('get', input, principal)
    if (input.id !== 'c-1') throw refuse('connection_not_found', 'There is none.')
    return connection('c-1', null)
  }

  @Answers(requests.connection.request)
  async request(input: InputOf<typeof requests.connection.request>, principal: Principal) {
    heard('request', input, principal)
    const attempt = createHash('sha256').update(input.commandId).digest('hex')
    return {
      id: input.connectionId,
      status: 'pending',
      link: 'http://bank.test/',
      history_days: 730,
      attempt,
      ...late(),
    }
  }

  @Answers(requests.connection.renew)
  async renew(input: InputOf<typeof requests.connection.renew>, principal: Principal) {
    heard('renew', input, principal)
    return { id: input.id, status: 'active', link: 'http://bank.test/', history_days: 730, attempt: 'a', ...late() }
  }

  @Answers(requests.connection.complete)
  async complete(input: InputOf<typeof requests.connection.complete>) {
    heard('complete', input)
    return { outcome: behaviour.outcome, connection_id: 'c-1', error: null, ...late() }
  }

  @Answers(requests.connection.putProviderKeys)
  async putProviderKeys(input: InputOf<typeof requests.connection.putProviderKeys>, principal: Principal) {
    heard('put_provider_keys', input, principal)
    if (!principal.roles.includes('operator')) throw refuse('operator_only', 'No.')
    return { id: input.id, kind: 'gocardless', configured: true, demo: false }
  }

  @Answers(requests.connection.checkProvider)
  async checkProvider(input: InputOf<typeof requests.connection.checkProvider>, principal: Principal) {
    heard('check_provider', input, principal)
    return { ok: false, findings: [{ ok: false, what: 'keys', detail: 'They are refused.' }] }
  }

  @Answers(requests.connection.rename)
  async rename(input: InputOf<typeof requests.connection.rename>, principal: Principal) {
    heard('rename', input, principal)
    return { ...connection(input.id, input.friendlyName), ...late() }
  }

  @Answers(requests.connection.remove)
  async remove(input: InputOf<typeof requests.connection.remove>, principal: Principal) {
    heard('remove', input, principal)
    return late()
  }
}

@Controller()
class StandInExtraction {
  @Answers(requests.extraction.feeds)
  async feeds() {
    return { items: [] }
  }

  @Answers(requests.extraction.sync)
  async sync(input: InputOf<typeof requests.extraction.sync>, principal: Principal) {
    heard('sync', input, principal)
    return { run_id: 'r-1', syncs: [], ...late() }
  }

  @Answers(requests.extraction.advanceDemo)
  async advanceDemo(input: InputOf<typeof requests.extraction.advanceDemo>, principal: Principal) {
    heard('advance', input, principal)
    return { bank_now: '2026-11-20T08:00:00Z', runs: [], ...late() }
  }
}

/** Reads no columns of any file, and keeps what it was handed. */
const standInStorage = (open: (spaceId: string, key: string) => Promise<Uint8Array>) => {
  const uploads: { spaceId: string; plain: string }[] = []
  @Controller()
  class StandInStorage {
    @Answers(requests.storage.readStatement)
    async read({ upload }: InputOf<typeof requests.storage.readStatement>, { spaceId }: Principal) {
      uploads.push({ spaceId, plain: new TextDecoder().decode(await open(spaceId, upload.raw.key)) })
      const nothing = { preset: null, window: null, mapping: null, columns: [], problems: [], accounts: [] }
      return { readable: false, format: 'csv', observed: 0, ...nothing }
    }
  }
  return { uploads, controller: StandInStorage }
}

export const sam: Principal = {
  userId: '018f0000-0000-7000-8000-00000000b001',
  spaceId: '018f0000-0000-7000-8000-00000000a001',
  sessionId: 'x-1',
  roles: ['user'],
}

type GatewayOver = {
  config?: Partial<PlatformConfig>
  bounds?: Partial<GatewayBounds>
  /** Stand-ins for what the ordinary ones do not answer. */
  more?: Parameters<typeof startService>[1]
}

/** The gateway with both its listeners on free ports, stand-ins behind it, and what it logged. */
export async function runGateway(publicUrl = 'http://localhost:3000', over: GatewayOver = {}) {
  const logged: string[] = []
  const memory = await createMemoryPlatform({ config: { apiPort: 0, webPort: 0, publicUrl, ...over.config } })
  const logger = createLogger({ name: 'spec', level: 'info' }, { write: (line) => void logged.push(line) })
  const platform = { ...memory, logger }
  const storage = standInStorage(async (spaceId, key) =>
    memory.keys.openObject(spaceId, spaceId, await memory.objects.get(key)),
  )
  const services = [
    await startService(memory, { name: 'auth', controllers: [StandInAuth] }),
    await startService(memory, { name: 'connection', controllers: [StandInConnection] }),
    await startService(memory, { name: 'extraction', controllers: [StandInExtraction] }),
    await startService(memory, { name: 'storage', controllers: [storage.controller] }),
    ...(over.more === undefined ? [] : [await startService(memory, over.more)]),
  ]
  const gateway = await startGateway(platform, over.bounds === undefined ? {} : { bounds: over.bounds })
  /** A token as auth makes it; `over` bends its claims, `header` its header. */
  const token = (over: Record<string, unknown> = {}, header: Record<string, string> = {}) => {
    const now = Math.floor(Date.now() / 1000)
    const { userId: sub, spaceId: space, sessionId: sid, roles } = sam
    const claims = { sub, space, sid, roles, iss: tokenIssuer, aud: tokenAudience, iat: now, exp: now + 900 }
    return new SignJWT({ ...claims, jti: randomUUID(), ...over })
      .setProtectedHeader({ alg: 'ES256', kid: 'k-1', typ: 'at+jwt', ...header })
      .sign(privateKey)
  }
  return {
    deadLetters: memory.deadLetters,
    ...gateway,
    platform,
    uploads: storage.uploads,
    logged,
    token,
    /** A token as Keycloak makes it. */
    foreignToken: (over: Record<string, unknown> = {}) => {
      const now = Math.floor(Date.now() / 1000)
      const said = { iss: foreignIssuer, aud: tokenAudience, sub: 'theirs', sid: 'theirs-1', iat: now, exp: now + 900 }
      return new SignJWT({ ...said, realm_access: { roles: ['user'] }, ...over })
        .setProtectedHeader({ alg: 'RS256', kid: 'k-1', typ: 'JWT' })
        .sign(foreign.privateKey)
    },
    async stop() {
      await gateway.stop()
      for (const service of services) await service.stop()
      await memory.close()
    },
  }
}
