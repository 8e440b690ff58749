import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { openAccessTokens, signingKeyDays, toldBeforeMs, trustedAfterMs } from '../adapters/access-tokens.ts'
import { memoryAudit } from '../testing/memory-audit.ts'
import { memorySigningKeys } from '../testing/memory-signing-keys.ts'
import { KeyRotation } from './signing-keys.ts'

const claims = { sub: 'u', sid: 'x', space: 's', roles: [] }
const operator = { userId: 'u-1', spaceId: 's-1', sessionId: 'x-1', roles: ['user', 'operator'] }

/** Two replicas over the same keys, on a clock that moves by hand. */
async function running() {
  let nowMs = Date.parse('2026-11-20T08:00:00Z')
  let made = 0
  const clock = { now: () => new Date(nowMs) }
  const ids = { uuid: () => `k-${++made}` }
  const keys = memorySigningKeys()
  const one = await openAccessTokens(keys, clock, ids)
  const other = await openAccessTokens(keys, clock, ids)
  const audit = memoryAudit(clock, ids)
  const rotation = new KeyRotation({ accessTokens: one, audit })
  const kids = async (tokens = one) => (await tokens.issuer()).keys.map((key) => (key as { kid: string }).kid)
  const signedBy = async (tokens = one) => decodeProtectedHeader(await tokens.issue(claims)).kid
  const isGood = async (token: string) => {
    const known = createLocalJWKSet((await other.issuer()) as JSONWebKeySet)
    return jwtVerify(token, known, { currentDate: clock.now() }).then(
      () => true,
      () => false,
    )
  }
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { one, other, audit, rotation, kids, signedBy, isGood, pass }
}

describe('signing keys exchanged by an operator', () => {
  it('are told before the new one signs, at every replica, and the old one holds until its last token has ended', async () => {
    const { one, other, rotation, kids, signedBy, isGood, pass } = await running()
    const [first] = await kids()
    pass(60_000)
    expect(await rotation.byWord(operator)).toEqual({ rotated: true, signs_from: '2026-11-20T08:01:20.000Z' })
    expect(await kids()).toHaveLength(2)
    expect(await signedBy()).toBe(first)
    pass(toldBeforeMs - 1)
    expect(await kids(other)).toEqual(await kids())
    const last = await one.issue(claims)
    expect(decodeProtectedHeader(last).kid).toBe(first)
    pass(1)
    const [second] = await kids()
    expect([await signedBy(), await signedBy(other)]).toEqual([second, second])
    pass(one.lifeSeconds * 1000 - 2000)
    expect(await isGood(last)).toBe(true)
    pass(trustedAfterMs)
    expect(await kids()).toEqual([second])
    expect(await signedBy()).toBe(second)
  })

  it('are exchanged once a minute at most, told to the audit trail each time, and by nobody else', async () => {
    const { rotation, audit, kids, pass } = await running()
    pass(60_000)
    const first = await rotation.byWord(operator)
    expect(await rotation.byWord(operator)).toEqual({ ...first, rotated: false })
    expect(await kids()).toHaveLength(2)
    const trail = await audit.list({ limit: 9 })
    expect(trail.map(({ action, userId }) => [action, userId])).toEqual([['signing_keys_rotated', 'u-1']])
    const user = rotation.byWord({ ...operator, roles: ['user'] })
    await expect(user).rejects.toMatchObject({ code: 'operator_only' })
    const script = rotation.byWord({ ...operator, scopes: ['admin'] })
    await expect(script).rejects.toMatchObject({ code: 'scope_missing' })
  })
})

describe('signing keys that nobody exchanges', () => {
  it('are exchanged by themselves once they are old enough, and the old ones are forgotten', async () => {
    const { rotation, audit, kids, pass } = await running()
    pass(signingKeyDays * 86_400_000 - 1)
    await rotation.byTime()
    expect(await kids()).toEqual(['k-1'])
    pass(1)
    await rotation.byTime()
    expect(await kids()).toHaveLength(2)
    expect(await audit.list({ limit: 9 })).toMatchObject([{ action: 'signing_keys_rotated', userId: null }])
    pass(trustedAfterMs)
    await rotation.byTime()
    expect(await kids()).toHaveLength(1)
    expect(await kids()).not.toContain('k-1')
  })
})
