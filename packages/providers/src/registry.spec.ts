import { offsetMaxAgeMs, openProviders, providerInstances } from './registry.ts'

const settings = {
  sandbox: 'on',
  sandboxUrl: 'http://localhost:8010',
  gocardlessBaseUrl: 'https://bankaccountdata.gocardless.com',
} as const
const keys = { gocardlessSecretId: 'id', gocardlessSecretKey: 'key' }

describe('the configured providers', () => {
  it('are the demo bank unless it is off, and GoCardless where its keys are there', () => {
    const idsOf = (said: Parameters<typeof providerInstances>[0]) => providerInstances(said).map(({ id }) => id)
    expect(idsOf(settings)).toEqual(['sandbox'])
    expect(idsOf({ ...settings, ...keys })).toEqual(['sandbox', 'gocardless'])
    expect(idsOf({ ...settings, ...keys, sandbox: 'off' })).toEqual(['gocardless'])
    expect(idsOf({ ...settings, sandbox: 'off' })).toEqual([])
  })
})

describe("a provider's time", () => {
  const dayMs = 86_400_000

  function opened(date: () => Date | undefined, delay: () => Promise<void> = async () => {}) {
    let wallMs = Date.parse('2026-11-22T09:00:00.000Z')
    let asked = 0
    const providers = openProviders(providerInstances({ ...settings, ...keys }), {
      clock: { now: () => new Date(wallMs) },
      secrets: { read: async () => undefined, write: async () => {} },
      fetch: async () => {
        asked++
        const told = date()
        await delay()
        if (told === undefined) throw new TypeError('fetch failed')
        return new Response('{}', { headers: { date: told.toUTCString(), 'content-type': 'application/json' } })
      },
    })
    return { providers, pass: (ms: number) => (wallMs += ms), wall: () => wallMs, asked: () => asked }
  }

  it("is the wall's, and the demo bank's own, learned at most every ten seconds", async () => {
    const { providers, pass, wall, asked } = opened(() => new Date(wall() + 3 * dayMs))
    expect(await providers.now('gocardless')).toBe('2026-11-22T09:00:00.000Z')
    expect(asked()).toBe(0)
    expect(await Promise.all([providers.now('sandbox'), providers.now('sandbox')])).toEqual(
      Array(2).fill('2026-11-25T09:00:00.000Z'),
    )
    pass(offsetMaxAgeMs - 1)
    await providers.now('sandbox')
    expect(asked()).toBe(1)
    pass(1)
    await providers.now('sandbox')
    await new Promise(setImmediate)
    expect(asked()).toBe(2)
  })

  it('is asked for at once when it was moved', async () => {
    let days = 0
    const { providers, wall } = opened(() => new Date(wall() + days * dayMs))
    expect(await providers.now('sandbox')).toBe('2026-11-22T09:00:00.000Z')
    days = 3
    providers.forgetOffsets()
    expect(await providers.now('sandbox')).toBe('2026-11-25T09:00:00.000Z')
  })

  it('is not believed of an answer that was under way when it was moved', async () => {
    let days = 0
    const late: (() => void)[] = []
    let held = false
    const { providers } = opened(
      () => new Date(Date.parse('2026-11-22T09:00:00.000Z') + days * dayMs),
      () => (held ? new Promise((resolve) => late.push(resolve)) : Promise.resolve()),
    )
    await providers.now('sandbox')
    held = true
    const before = providers.askNow('sandbox')
    held = false
    days = 3
    providers.forgetOffsets()
    expect(await providers.now('sandbox')).toBe('2026-11-25T09:00:00.000Z')
    for (const answer of late) answer()
    await before
    expect(await providers.now('sandbox')).toBe('2026-11-25T09:00:00.000Z')
  })

  it('is not the wall’s before the demo bank has answered once', async () => {
    let answers = false
    const { providers, wall } = opened(() => (answers ? new Date(wall() + dayMs) : undefined))
    const unknown = { code: 'provider_unavailable', retryAfterSeconds: expect.any(Number) }
    await expect(providers.now('sandbox')).rejects.toMatchObject(unknown)
    await expect(providers.askNow('sandbox')).rejects.toMatchObject(unknown)
    expect(await providers.now('gocardless')).toBe('2026-11-22T09:00:00.000Z')
    answers = true
    expect(await providers.now('sandbox')).toBe('2026-11-23T09:00:00.000Z')
  })

  it('is asked for anew where it has to be exact, and kept where that fails', async () => {
    let days = 0
    let answers = true
    const { providers, wall, asked } = opened(() => (answers ? new Date(wall() + days * dayMs) : undefined))
    expect(await providers.askNow('sandbox')).toBe('2026-11-22T09:00:00.000Z')
    days = 3
    expect(await providers.askNow('sandbox')).toBe('2026-11-25T09:00:00.000Z')
    answers = false
    expect(await providers.askNow('sandbox')).toBe('2026-11-25T09:00:00.000Z')
    expect(asked()).toBe(3)
    expect(await providers.askNow('gocardless')).toBe('2026-11-22T09:00:00.000Z')
  })

  it('keeps what was known while the demo bank does not answer', async () => {
    let answers = true
    const { providers, wall, pass } = opened(() => (answers ? new Date(wall() + dayMs) : undefined))
    expect(await providers.now('sandbox')).toBe('2026-11-23T09:00:00.000Z')
    answers = false
    pass(60_000)
    expect(await providers.now('sandbox')).toBe('2026-11-23T09:01:00.000Z')
  })
})
