import { ProviderError } from '../provider-error.ts'
import { type KeptTokens, keepTokens, MAX_NEW_PER_HOUR, type TokenEndpoint } from './tokens.ts'

const refused = () =>
  new ProviderError({
    code: 'token_invalid',
    action: 'refresh_token_and_retry_once',
    counted: false,
    spent: false,
    status: 401,
  })

function setUp(start?: KeptTokens, over: Partial<TokenEndpoint> = {}) {
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
  let turn: Promise<unknown> = Promise.resolve()
  const cache = {
    read: async () => world.kept,
    write: async (kept: KeptTokens) => {
      world.kept = kept
    },
    exclusively<T>(work: () => Promise<T>): Promise<T> {
      const mine = turn.then(work)
      turn = mine.catch(() => undefined)
      return mine
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
    expect(world.kept?.set).toMatchObject({ access: 'a2', refresh: 'r1' })
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
    world.kept = { asked: [], set: { ...world.kept!.set!, access: 'theirs' } }
    expect(await tokens.renew(access)).toBe('theirs')
    expect(calls).toEqual(['new'])
  })

  it('is renewed by one of many processes', async () => {
    const { open, calls, world } = setUp()
    const processes = Array.from({ length: 5 }, open)
    await Promise.all(processes.map((tokens) => tokens.access()))
    expect(calls).toEqual(['new'])
    later(world, 23.5)
    expect(new Set(await Promise.all(processes.map((tokens) => tokens.access())))).toEqual(new Set(['a2']))
    expect(calls).toEqual(['new', 'refresh r1'])
  })

  it('is asked for ever more rarely where the secrets are refused, by all processes together', async () => {
    let asked = 0
    const create = () => {
      asked++
      return Promise.reject(refused())
    }
    const { tokens, open, world } = setUp(undefined, { create })
    const other = open()
    const told = { status: 401, action: expect.stringMatching(/token|operator/) }
    for (let i = 0; i < 5; i++) {
      await expect(tokens.access()).rejects.toMatchObject(told)
      await expect(other.access()).rejects.toMatchObject(told)
    }
    expect(asked).toBe(1)
    later(world, 1 / 59)
    await expect(other.access()).rejects.toMatchObject(told)
    await expect(tokens.access()).rejects.toMatchObject({ ...told, retryAfterSeconds: 120 })
    expect(asked).toBe(2)
    // A day of calls by the minute.
    for (let minute = 0; minute < 24 * 60; minute++) {
      later(world, 1 / 60)
      await tokens.access().catch(() => undefined)
    }
    expect(asked).toBeLessThan(32)
  })

  it('is tried at once again when the secrets were refused and are taken now', async () => {
    let refuses = true
    const set = { access: 'a', accessSeconds: 86_400, refresh: 'r', refreshSeconds: 2_592_000 }
    const { tokens, world } = setUp(undefined, {
      create: () => (refuses ? Promise.reject(refused()) : Promise.resolve(set)),
    })
    await expect(tokens.access()).rejects.toMatchObject({ status: 401 })
    refuses = false
    later(world, 1 / 59)
    expect(await tokens.access()).toBe('a')
    expect(world.kept?.refused).toBeUndefined()
  })

  it('is never asked for in a storm, even where every new one is rejected', async () => {
    const { tokens, calls, world } = setUp(undefined, { refresh: () => Promise.reject(refused()) })
    let last = await tokens.access()
    let held: unknown
    for (let i = 0; i < 200; i++) {
      try {
        last = await tokens.renew(last)
      } catch (error) {
        held = error
      }
    }
    expect(calls).toHaveLength(MAX_NEW_PER_HOUR)
    expect(held).toMatchObject({ code: 'rate_limited', action: 'wait_until_reset', retryAfterSeconds: 3600 })
    later(world, 1)
    await tokens.renew(last)
    expect(calls).toHaveLength(MAX_NEW_PER_HOUR + 1)
  })

  it('is not thrown away by a failure that says nothing of it', async () => {
    const broken = new ProviderError({ code: 'unreachable', action: 'retry_later', counted: false, spent: false })
    const { tokens, calls } = setUp(undefined, { refresh: () => Promise.reject(broken) })
    const access = await tokens.access()
    await expect(tokens.renew(access)).rejects.toBe(broken)
    expect(calls).toEqual(['new'])
  })
})
