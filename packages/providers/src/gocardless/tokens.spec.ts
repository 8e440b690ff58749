import { ProviderError } from '../provider-error.ts'
import { keepTokens, type TokenEndpoint, type TokenSet } from './tokens.ts'

const refused = () =>
  new ProviderError({
    code: 'token_invalid',
    action: 'refresh_token_and_retry_once',
    counted: false,
    spent: false,
    status: 401,
  })

function setUp(start?: TokenSet, over: Partial<TokenEndpoint> = {}) {
  const calls: string[] = []
  const world = { now: new Date('2025-03-14T09:00:00Z'), kept: start }
  const endpoint: TokenEndpoint = {
    async create() {
      calls.push('new')
      return {
        access: `a${calls.length}`,
        accessSeconds: 86_400,
        refresh: `r${calls.length}`,
        refreshSeconds: 2_592_000,
      }
    },
    async refresh(refresh) {
      calls.push(`refresh ${refresh}`)
      return { access: `a${calls.length}`, accessSeconds: 86_400 }
    },
  }
  const cache = {
    read: async () => world.kept,
    write: async (tokens: TokenSet) => {
      world.kept = tokens
    },
  }
  const open = () => keepTokens({ cache, endpoint: { ...endpoint, ...over }, now: () => world.now })
  return { calls, world, open, tokens: open() }
}
const later = (world: { now: Date }, hours: number) => {
  world.now = new Date(world.now.getTime() + hours * 3_600_000)
}

describe('the token set', () => {
  it('is made once for all calls, however many ask at once', async () => {
    const { tokens, calls } = setUp()
    expect(await Promise.all([tokens.access(), tokens.access(), tokens.access()])).toEqual(['a1', 'a1', 'a1'])
    expect(calls).toEqual(['new'])
  })

  it('outlives the process', async () => {
    const { tokens, open, calls } = setUp()
    await tokens.access()
    expect(await open().access()).toBe('a1')
    expect(calls).toEqual(['new'])
  })

  it('is refreshed when less than an hour is left, with the same refresh token', async () => {
    const { tokens, calls, world } = setUp()
    await tokens.access()
    later(world, 22)
    expect(await tokens.access()).toBe('a1')
    later(world, 1.5)
    expect(await tokens.access()).toBe('a2')
    expect(world.kept).toMatchObject({ access: 'a2', refresh: 'r1' })
    expect(calls).toEqual(['new', 'refresh r1'])
  })

  it('is made anew when the refresh token runs out', async () => {
    const { tokens, calls, world } = setUp()
    await tokens.access()
    later(world, 30 * 24)
    await tokens.access()
    expect(calls).toEqual(['new', 'new'])
  })

  it('is made anew when the refresh token is refused', async () => {
    const { tokens, calls } = setUp(undefined, { refresh: () => Promise.reject(refused()) })
    const access = await tokens.access()
    expect(await tokens.renew(access)).toBe('a2')
    expect(calls).toEqual(['new', 'new'])
  })

  it('is renewed by one call when a token is not taken, whoever notices', async () => {
    const { tokens, calls } = setUp()
    const access = await tokens.access()
    expect(await Promise.all([tokens.renew(access), tokens.renew(access)])).toEqual(['a2', 'a2'])
    expect(await tokens.renew(access)).toBe('a2')
    expect(calls).toEqual(['new', 'refresh r1'])
  })

  it('is taken from the cache when another process renewed it', async () => {
    const { tokens, calls, world } = setUp()
    const access = await tokens.access()
    world.kept = { ...world.kept!, access: 'theirs' }
    expect(await tokens.renew(access)).toBe('theirs')
    expect(calls).toEqual(['new'])
  })

  it('is not asked for again within a minute where the secrets are refused', async () => {
    let asked = 0
    const { tokens, world } = setUp(undefined, {
      create: () => {
        asked++
        return Promise.reject(refused())
      },
    })
    for (let i = 0; i < 5; i++) await expect(tokens.access()).rejects.toMatchObject({ status: 401 })
    expect(asked).toBe(1)
    later(world, 1 / 59)
    await expect(tokens.access()).rejects.toMatchObject({ status: 401 })
    expect(asked).toBe(2)
  })

  it('is not thrown away by a failure that says nothing of it', async () => {
    const broken = new ProviderError({ code: 'unreachable', action: 'retry_later', counted: false, spent: false })
    const { tokens, calls } = setUp(undefined, { refresh: () => Promise.reject(broken) })
    const access = await tokens.access()
    await expect(tokens.renew(access)).rejects.toBe(broken)
    expect(calls).toEqual(['new'])
  })
})
