import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { offsetMaxAgeMs, openProviders, providerInstances } from './registry.ts'
import { memorySecrets } from './testing/memory-secrets.ts'

const settings = {
  sandbox: 'on',
  sandboxUrl: 'http://localhost:8010',
  gocardlessBaseUrl: 'https://bankaccountdata.gocardless.com',
  enableBankingBaseUrl: 'https://api.enablebanking.com',
} as const
const keys = { gocardlessSecretId: 'id', gocardlessSecretKey: 'key' }

const clock = { now: () => new Date('2026-11-22T09:00:00.000Z') }
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
})

describe('the configured providers', () => {
  const openedOf = (said: Parameters<typeof providerInstances>[0], secrets = memorySecrets()) =>
    openProviders(providerInstances(said), { clock, secrets })

  it('are the demo bank unless it is off, and GoCardless where its keys are there', () => {
    const idsOf = (said: Parameters<typeof providerInstances>[0]) =>
      openedOf(said)
        .list()
        .map(({ id }) => id)
    expect(idsOf(settings)).toEqual(['sandbox'])
    expect(idsOf({ ...settings, ...keys })).toEqual(['sandbox', 'gocardless'])
    expect(idsOf({ ...settings, ...keys, sandbox: 'off' })).toEqual(['gocardless'])
    expect(idsOf({ ...settings, sandbox: 'off' })).toEqual([])
  })

  it('are told with those that have no keys yet', async () => {
    expect(await openedOf(settings).all()).toEqual([
      { id: 'sandbox', kind: 'gocardless', demo: true, configured: true },
      { id: 'gocardless', kind: 'gocardless', demo: false, configured: false },
      { id: 'enable-banking', kind: 'enable-banking', demo: false, configured: false },
    ])
  })

  it('know what their last call met: silence is none, a refusal is an answer; nobody is asked for it', async () => {
    let answer: () => Promise<Response> = async () => {
      throw new TypeError('fetch failed')
    }
    const instances = providerInstances({ ...settings, ...keys })
    const providers = openProviders(instances, { clock, secrets: memorySecrets(), fetch: () => answer() })
    expect(providers.lastCalls()).toEqual({})
    const ask = () => expect(providers.find('gocardless')?.institutions('GB')).rejects.toThrow()
    await ask()
    expect(providers.lastCalls()).toEqual({ gocardless: { at: '2026-11-22T09:00:00.000Z', answered: false } })
    answer = async () => new Response('{}', { status: 401 })
    await ask()
    expect(providers.lastCalls()).toEqual({ gocardless: { at: '2026-11-22T09:00:00.000Z', answered: true } })
  })

  it('have the demo bank twice where its own key file is told, and look for it again until it is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pf-registry-'))
    const keyFile = join(folder, 'sandbox.pem')
    const providers = openedOf({ ...settings, sandboxEnableBankingKeyFile: keyFile })
    expect((await providers.all())[1]).toMatchObject({
      id: 'sandbox-eb',
      configured: false,
      problem: expect.stringMatching(/ENOENT/),
    })
    await writeFile(keyFile, privateKey)
    expect((await providers.lookup('sandbox-eb'))?.kind).toBe('enable-banking')
    expect(providers.list().map(({ id }) => id)).toEqual(['sandbox', 'sandbox-eb'])
    expect(providers.isDemo('sandbox-eb')).toBe(true)
    await rm(folder, { recursive: true })
  })

  it('say why a key file cannot be used, and go on without', async () => {
    const said = { ...settings, enableBankingApplicationId: 'a', enableBankingKeyFile: '/nowhere/key.pem' }
    const providers = openedOf(said)
    expect((await providers.all()).at(-1)).toMatchObject({
      configured: false,
      problem: expect.stringMatching(/ENOENT/),
    })
    expect(await providers.lookup('enable-banking')).toBeUndefined()
  })
})

describe('keys of a configuration that may change', () => {
  it('are those that hold when a provider’s keys are looked at', async () => {
    let live: Parameters<typeof providerInstances>[0] = { ...settings }
    const instances = providerInstances(settings, () => live)
    const providers = openProviders(instances, { clock, secrets: memorySecrets() })
    expect(await providers.lookup('gocardless')).toBeUndefined()
    live = { ...settings, ...keys }
    const first = await providers.lookup('gocardless')
    expect(first?.kind).toBe('gocardless')
    live = { ...settings, ...keys, gocardlessSecretKey: 'next' }
    expect(await providers.lookup('gocardless')).not.toBe(first)
    live = { ...settings }
    expect(await providers.lookup('gocardless')).toBeUndefined()
  })
})

describe('keys that an operator gives', () => {
  const eb = { application_id: 'app', private_key: privateKey }

  it('serve at once, here and in other processes, and win over the configuration', async () => {
    const secrets = memorySecrets()
    const open = () => openProviders(providerInstances({ ...settings, ...keys }), { clock, secrets })
    const [here, there] = [open(), open()]
    expect(here.find('enable-banking')).toBeUndefined()
    expect(await here.putKeys('enable-banking', eb)).toEqual({
      ...{ id: 'enable-banking', kind: 'enable-banking', demo: false, configured: true },
    })
    expect(here.find('enable-banking')?.kind).toBe('enable-banking')
    expect((await there.lookup('enable-banking'))?.kind).toBe('enable-banking')
    const before = here.find('gocardless')
    await here.putKeys('gocardless', { secret_id: 'other', secret_key: 'pair' })
    expect(here.find('gocardless')).not.toBe(before)
  })

  it('are kept in the vault alone', async () => {
    const secrets = memorySecrets()
    const providers = openProviders(providerInstances(settings), { clock, secrets })
    await providers.putKeys('enable-banking', { ...eb, private_key: privateKey.replaceAll('\n', '\\n') })
    expect(secrets.names()).toEqual(['provider/enable-banking/keys'])
    expect(JSON.stringify(await providers.all())).not.toContain('PRIVATE')
  })

  it.each([
    ['gocardless', { secret_id: 'one' }, /secret_id and secret_key/],
    ['gocardless', eb, /secret_id and secret_key/],
    ['enable-banking', { application_id: 'app', private_key: 'hunter2' }, /no PEM/],
    ['enable-banking', { application_id: '', private_key: privateKey }, /application_id and private_key/],
  ])('for %s are refused in words where they cannot be used', async (id, said, words) => {
    const secrets = memorySecrets()
    const providers = openProviders(providerInstances(settings), { clock, secrets })
    const refusal = await providers.putKeys(id, said).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'keys_invalid', detail: expect.stringMatching(words) })
    expect(String(refusal)).not.toContain('hunter2')
    expect(secrets.names()).toEqual([])
  })

  it('for an instance that is not there are nobody’s', async () => {
    const providers = openProviders(providerInstances(settings), { clock, secrets: memorySecrets() })
    expect(await providers.putKeys('elsewhere', eb)).toBeUndefined()
  })
})

describe("a provider's time", () => {
  const dayMs = 86_400_000

  function opened(date: () => Date | undefined, delay: () => Promise<void> = async () => {}) {
    let wallMs = Date.parse('2026-11-22T09:00:00.000Z')
    let asked = 0
    const providers = openProviders(providerInstances({ ...settings, ...keys }), {
      clock: { now: () => new Date(wallMs) },
      secrets: memorySecrets(),
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
