import { type Principal, refuse } from '@pf/contracts'
import { ForeignPrincipals } from './foreign-principals.ts'

const sam: Principal = { userId: 'u-1', spaceId: 's-1', sessionId: 'x-1', roles: ['user'] }
const from = { address: '127.0.0.1', userAgent: 'spec' }
const claims = {
  iss: 'https://id.example.org',
  sub: 'sub-1',
  sid: 'sid-1',
  exp: 1000,
  realm_access: { roles: ['user'] },
}

describe('whose a token of another provider is', () => {
  const asked: object[] = []
  let nowMs = 0
  let answer: () => Promise<Principal> = async () => sam
  const bus = {
    call: async (_operation: unknown, input: object) => {
      asked.push(input)
      return answer()
    },
  } as unknown as ConstructorParameters<typeof ForeignPrincipals>[0]
  beforeEach(() => asked.splice(0))

  it('is asked once for a session, however many calls come at once', async () => {
    const principals = new ForeignPrincipals(bus, () => nowMs)
    expect(await Promise.all([1, 2, 3].map(() => principals.of({ ...claims, jti: 'another' }, from)))).toEqual([
      sam,
      sam,
      sam,
    ])
    expect(asked).toEqual([{ issuer: claims.iss, subject: 'sub-1', sid: 'sid-1', roles: ['user'], ...from }])
  })

  it('is asked anew for another session, another person, other roles', async () => {
    const principals = new ForeignPrincipals(bus, () => nowMs)
    for (const other of [{}, { sid: 'sid-2' }, { sub: 'sub-2' }, { realm_access: { roles: ['user', 'operator'] } }])
      await principals.of({ ...claims, ...other })
    expect(asked).toHaveLength(4)
  })

  it('takes no roles from what is not a list of names', async () => {
    const principals = new ForeignPrincipals(bus, () => nowMs)
    for (const realm_access of [undefined, null, 'operator', { roles: 'operator' }, { roles: [{ name: 'operator' }] }])
      await principals.of({ ...claims, realm_access })
    expect(asked).toEqual([expect.objectContaining({ roles: [] })])
  })

  it('is asked anew after a minute, when auth may know better', async () => {
    const principals = new ForeignPrincipals(bus, () => nowMs)
    for (const at of [0, 59_999, 60_000]) {
      nowMs = at
      await principals.of(claims)
    }
    expect(asked).toHaveLength(2)
  })

  it('is asked again after a failure', async () => {
    const principals = new ForeignPrincipals(bus, () => nowMs)
    answer = async () => {
      throw refuse('unavailable', 'Away.')
    }
    await expect(principals.of(claims)).rejects.toMatchObject({ code: 'unavailable' })
    answer = async () => sam
    expect(await principals.of(claims)).toEqual(sam)
  })
})
