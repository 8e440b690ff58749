import { randomBytes } from 'node:crypto'
import { type ApiTokenEvent, apiTokenEvents, isWholeApiToken, type Principal } from '@pf/contracts'
import { createCommandHandler, createIds, sha256 } from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import { createMemoryVault } from '@pf/vault/memory'
import * as apiToken from '../domain/api-token.ts'
import { memoryApiTokens } from '../testing/memory-api-tokens.ts'
import { memoryAudit } from '../testing/memory-audit.ts'
import { ApiTokens, maxApiTokens } from './api-tokens.ts'

const sam: Principal = {
  userId: '018f0000-0000-7000-8000-00000000b001',
  spaceId: '018f0000-0000-7000-8000-00000000a001',
  sessionId: 'x-1',
  roles: ['user', 'operator'],
}
const kim: Principal = { ...sam, userId: '018f0000-0000-7000-8000-00000000b002', roles: ['user'] }

async function running() {
  let nowMs = Date.parse('2026-11-20T08:00:00Z')
  const clock = { now: () => new Date(nowMs) }
  const ids = createIds(clock, randomBytes)
  const log = createMemoryLog({ clock })
  const { keys: sealer } = createMemoryVault()
  await sealer.createSpaceKey(sam.spaceId)
  const users = new Map([sam, kim].map((user) => [user.userId, { ...user, roles: ['user', 'operator'] as const }]))
  const audit = memoryAudit(clock, ids)
  const apiTokens = new ApiTokens({
    tokens: createCommandHandler<apiToken.ApiToken, apiToken.ApiTokenCommand, ApiTokenEvent>(
      { ...apiTokenEvents, decider: apiToken },
      { log, sealer, clock, ids },
    ),
    store: memoryApiTokens(),
    audit,
    findUser: async (userId) => users.get(userId),
    clock,
    ids,
    randomBytes,
  })
  const holder = async (token: string) => (await apiTokens.holder({ hash: sha256(token) })).holder
  return {
    apiTokens,
    audit,
    users,
    holder,
    pass(seconds: number) {
      nowMs += seconds * 1000
    },
    async happened() {
      const { lastSeq } = await log.info('auth')
      const messages = await Promise.all(Array.from({ length: lastSeq }, (_, at) => log.read('auth', at + 1)))
      return messages.flatMap((message) => message?.headers['ce-type']?.split(',') ?? [])
    },
  }
}

describe('an API token', () => {
  it('is told of in its owner’s trail when it is made and when it is revoked', async () => {
    const { apiTokens, audit } = await running()
    const { id } = await apiTokens.issue(sam, { name: 'Backup', scopes: ['read'] })
    await apiTokens.revoke(sam, { id })
    const told = await audit.list({ userId: sam.userId, limit: 10 })
    expect(told.map(({ action, sessionId }) => [action, sessionId])).toEqual([
      ['api_token_revoked', sam.sessionId],
      ['api_token_issued', sam.sessionId],
    ])
  })

  it('is shown once, whole, and from then on known by its hash', async () => {
    const { apiTokens, holder, happened } = await running()
    const { token, ...shown } = await apiTokens.issue(sam, { name: 'Backup', scopes: ['read', 'read'] })
    expect(isWholeApiToken(token)).toBe(true)
    expect(shown).toMatchObject({ name: 'Backup', scopes: ['read'], expires_at: null, last_used_at: null })
    expect(await apiTokens.list(sam)).toEqual({ items: [shown] })
    expect(await apiTokens.list(kim)).toEqual({ items: [] })
    const { userId, spaceId } = sam
    const principal = { userId, spaceId, sessionId: shown.id, roles: ['user'], scopes: ['read'] }
    expect(await holder(token)).toEqual({ principal, expiresAt: null })
    expect(await holder('pf_something')).toBeNull()
    expect(await happened()).toEqual(['ApiTokenIssued'])
  })

  it('lets an operator act as one only with the scope admin, and only as long as they are one', async () => {
    const { apiTokens, holder, users } = await running()
    const { token } = await apiTokens.issue(sam, { name: 'Ops', scopes: ['admin'] })
    expect((await holder(token))?.principal.roles).toEqual(['user', 'operator'])
    users.set(sam.userId, { ...sam, roles: ['user'] as never })
    expect((await holder(token))?.principal.roles).toEqual(['user'])
    const byUser = apiTokens.issue(kim, { name: 'Ops', scopes: ['read', 'admin'] })
    await expect(byUser).rejects.toMatchObject({ code: 'operator_only' })
  })

  it('is revoked once, by its owner alone', async () => {
    const { apiTokens, holder, happened } = await running()
    const { id, token } = await apiTokens.issue(sam, { name: 'Backup', scopes: ['read'] })
    await expect(apiTokens.revoke(kim, { id })).rejects.toMatchObject({ code: 'api_token_not_found' })
    expect(await holder(token)).not.toBeNull()
    for (let n = 0; n < 2; n++) await apiTokens.revoke(sam, { id })
    expect(await holder(token)).toBeNull()
    expect(await apiTokens.revokedLately()).toEqual([id])
    expect(await apiTokens.list(sam)).toEqual({ items: [] })
    expect(await happened()).toEqual(['ApiTokenIssued', 'ApiTokenRevoked'])
  })

  it('ends at its time, which has to lie ahead', async () => {
    const { apiTokens, holder, pass } = await running()
    const past = apiTokens.issue(sam, { name: 'Old', scopes: ['read'], expiresAt: '2026-11-20T08:00:00Z' })
    await expect(past).rejects.toMatchObject({ code: 'invalid_input' })
    const { token } = await apiTokens.issue(sam, { name: 'Day', scopes: ['read'], expiresAt: '2026-11-20T08:01:00Z' })
    pass(59)
    expect(await holder(token)).toMatchObject({ expiresAt: '2026-11-20T08:01:00.000Z' })
    pass(1)
    expect(await holder(token)).toBeNull()
    expect((await apiTokens.list(sam)).items).toHaveLength(1)
    pass(31 * 86_400)
    await apiTokens.forgetEnded()
    expect((await apiTokens.list(sam)).items).toEqual([])
  })

  it('is noted as used, once a minute at most', async () => {
    const { apiTokens, holder, pass } = await running()
    const { token } = await apiTokens.issue(sam, { name: 'Backup', scopes: ['read'] })
    const used = async () => (await apiTokens.list(sam)).items[0]?.last_used_at
    await holder(token)
    pass(59)
    await holder(token)
    expect(await used()).toBe('2026-11-20T08:00:00.000Z')
    pass(1)
    await holder(token)
    expect(await used()).toBe('2026-11-20T08:01:00.000Z')
  })

  it('neither makes nor revokes tokens', async () => {
    const { apiTokens } = await running()
    const { id } = await apiTokens.issue(sam, { name: 'Backup', scopes: ['admin'] })
    const script: Principal = { ...sam, sessionId: id, scopes: ['read', 'write', 'admin'] }
    const made = apiTokens.issue(script, { name: 'More', scopes: ['read'] })
    await expect(made).rejects.toMatchObject({ code: 'scope_missing' })
    await expect(apiTokens.revoke(script, { id })).rejects.toMatchObject({ code: 'scope_missing' })
  })

  it('is one of a bounded number, and gone with its owner', async () => {
    const { apiTokens, holder } = await running()
    const first = await apiTokens.issue(sam, { name: 'Backup', scopes: ['read'] })
    for (let n = 1; n < maxApiTokens; n++) await apiTokens.issue(sam, { name: `Backup ${n}`, scopes: ['read'] })
    const more = apiTokens.issue(sam, { name: 'More', scopes: ['read'] })
    await expect(more).rejects.toMatchObject({ code: 'api_tokens_full' })
    await apiTokens.forgetOf(sam.userId)
    expect(await holder(first.token)).toBeNull()
  })
})
