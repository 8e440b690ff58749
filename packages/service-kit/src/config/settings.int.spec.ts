import { freePorts } from '@pf/eventing/testing'
import { createLogger } from '../logger.ts'
import { anyIdentity, findMoto, type ParameterServer, startMoto, startParameters } from '../testing/parameter-store.ts'
import { openSettings, type Settings } from './settings.ts'

const before = process.env['AWS_REGION']
beforeAll(() => {
  process.env['AWS_REGION'] = 'eu-west-2'
})
afterAll(() => {
  if (before === undefined) delete process.env['AWS_REGION']
  else process.env['AWS_REGION'] = before
})

const lines: Record<string, unknown>[] = []
const logger = createLogger({ name: 'settings' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
const needed = { NATS_URL: 'nats://127.0.0.1:4222', DATABASE_URL: 'postgresql://127.0.0.1:5432/pf' }
const opened: Settings[] = []
beforeEach(() => void lines.splice(0))
afterEach(() => {
  for (const settings of opened.splice(0)) settings.stop()
})

async function open(endpoint: string, path: string, environment: Record<string, string> = needed, timing?: Timing) {
  const said = { ...anyIdentity, PF_SSM_PATH: path, PF_SSM_ENDPOINT: endpoint, ...environment }
  const settings = await openSettings({ logger, ...timing }, said)
  opened.push(settings)
  return settings
}
type Timing = Omit<Parameters<typeof openSettings>[0], 'logger'>

const servers: [string, () => Promise<ParameterServer>][] = [['a stand-in', startParameters]]
const moto = findMoto()
if (moto !== undefined) servers.push(['moto', () => startMoto(moto)])

describe.each(servers)('settings in Parameter Store (%s)', (_name, start) => {
  let server: ParameterServer
  let paths = 0
  let path: string
  beforeAll(async () => {
    server = await start()
  }, 90_000)
  afterAll(() => server.stop())
  beforeEach(() => {
    path = `/pf/${++paths}`
  })
  const put = (name: string, value: string, type?: 'SecureString') => server.put(`${path}/${name}`, value, type)

  it('are those right under the path, however many pages they are, secrets decrypted', async () => {
    await put('NATS_URL', 'nats://in:4222', 'SecureString')
    await put('DATABASE_URL', 'postgresql://u:hunter2@in:5432/pf', 'SecureString')
    for (let n = 0; n < 25; n++) await put(`NOT_OF_OURS_${n}`, 'x')
    await put('deeper/PF_API_PORT', '9999')
    await put('PF_RATE_PER_USER', '77')
    const { config } = await open(server.endpoint, path, {})
    expect(config).toMatchObject({
      natsUrl: 'nats://in:4222',
      databaseUrl: 'postgresql://u:hunter2@in:5432/pf',
      ratePerUser: 77,
      apiPort: 8000,
    })
  })

  it('give way to the environment, and come before defaults', async () => {
    await put('PF_API_PORT', '8100')
    await put('PF_WEB_PORT', '3100')
    const { config } = await open(server.endpoint, path, { ...needed, PF_API_PORT: '8200', PF_WEB_PORT: '' })
    expect(config).toMatchObject({
      apiPort: 8200,
      webPort: 3100,
      publicUrl: 'http://localhost:3100',
      sandboxPort: 8010,
    })
  })

  it('that may change do so under a running process; others are told of', async () => {
    await put('LOG_LEVEL', 'warn')
    await put('PF_API_PORT', '8100')
    await put('GOCARDLESS_SECRET_ID', 'old', 'SecureString')
    await put('GOCARDLESS_SECRET_KEY', 'old', 'SecureString')
    const settings = await open(server.endpoint, path)
    let changes = 0
    settings.watch({ changed: () => changes++ })
    await settings.refresh()
    expect(changes).toBe(0)
    await put('LOG_LEVEL', 'debug')
    await put('PF_API_PORT', '8101')
    await put('GOCARDLESS_SECRET_KEY', 'new', 'SecureString')
    await settings.refresh()
    expect(settings.live()).toMatchObject({ logLevel: 'debug', gocardlessSecretKey: 'new' })
    expect(settings.config).toMatchObject({ logLevel: 'warn', apiPort: 8100 })
    expect(changes).toBe(1)
    expect(lines.at(-1)).toMatchObject({
      msg: 'settings have changed',
      now: ['GOCARDLESS_SECRET_KEY', 'LOG_LEVEL'],
      atTheNextStart: ['PF_API_PORT'],
    })
    expect(JSON.stringify(lines)).not.toContain('new"')
  })

  it('that cannot be used leave what was read last', async () => {
    await put('PF_RATE_PER_USER', '10')
    const settings = await open(server.endpoint, path)
    let failures = 0
    settings.watch({ failed: () => failures++ })
    await put('PF_RATE_PER_USER', 'many')
    await settings.refresh()
    expect(settings.live().ratePerUser).toBe(10)
    expect(failures).toBe(1)
    expect(lines.at(-1)).toMatchObject({ level: 'error', err: { name: 'ConfigRefused' } })
  })

  it('are refused with their place: malformed, secrets in the clear, and what is needed to ask', async () => {
    await put('PF_API_PORT', 'none')
    await expect(open(server.endpoint, path)).rejects.toMatchObject({
      problems: [`PF_API_PORT is "none"; expected a whole number from 1 to 65535 (it stands in ${path})`],
    })
    await put('KEYCLOAK_ADMIN_SECRET', 'hunter2')
    await put('PF_SSM_REFRESH_SECONDS', '10')
    await expect(open(server.endpoint, path)).rejects.toMatchObject({
      problems: [
        expect.stringContaining(
          `${path}/PF_SSM_REFRESH_SECONDS is in Parameter Store, which cannot be asked without it`,
        ),
        expect.stringContaining(`${path}/KEYCLOAK_ADMIN_SECRET is in Parameter Store in the clear`),
      ],
    })
  })

  it('are not none: a path without any is most likely misspelt', async () => {
    await expect(open(server.endpoint, path)).rejects.toMatchObject({
      code: 'ssm_empty',
      message: expect.stringContaining(path),
    })
  })
})

describe('settings without Parameter Store', () => {
  it('are the environment’s, with all problems at once', async () => {
    expect((await openSettings({ logger }, { ...needed, PF_API_PORT: '8100' })).live()).toMatchObject({ apiPort: 8100 })
    const wrong = openSettings({ logger }, { PF_HEALTH_PORT: 'none', LOG_LEVEL: 'loud' })
    await expect(wrong).rejects.toMatchObject({ problems: { length: 4 } })
  })
})

describe('a Parameter Store in trouble', () => {
  let server: Awaited<ReturnType<typeof startParameters>>
  beforeEach(async () => {
    server = await startParameters()
    await server.put('/pf/PF_RATE_PER_USER', '10')
  })
  afterEach(() => server.stop())

  it.each([
    ['AccessDeniedException', 'ssm_forbidden', 'ssm:GetParametersByPath'],
    ['InvalidKeyId', 'ssm_refused', 'AWS_REGION'],
  ])('ends the start at once where waiting cannot help: %s is %s', async (error, code, advice) => {
    server.fails(error)
    const wait = async () => {
      throw new Error('Nobody shall wait.')
    }
    await expect(open(server.endpoint, '/pf', needed, { timing: { random: () => 0, wait } })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(advice),
    })
  })

  it('that throttles is asked again, and /ready says so meanwhile', async () => {
    server.fails('ThrottlingException')
    const [port] = await freePorts(1)
    const answers: unknown[] = []
    const wait = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/ready`)
      answers.push(answer.status, await answer.json())
      server.fails(undefined)
    }
    const settings = await open(
      server.endpoint,
      '/pf',
      { ...needed, PF_HEALTH_PORT: String(port), PF_SSM_REFRESH_SECONDS: '0' },
      { timing: { random: () => 0, wait } },
    )
    expect(answers).toEqual([503, { status: 'not ready', settings: 'ssm_throttled' }])
    expect(settings.config.ratePerUser).toBe(10)
    await expect(fetch(`http://127.0.0.1:${port}/ready`)).rejects.toThrow()
  })

  it('that does not answer for a minute ends the start, in words', async () => {
    await server.stop()
    let nowMs = 0
    const wait = async () => {
      nowMs += 30_000
    }
    const timing = { random: () => 0, wait }
    await expect(open(server.endpoint, '/pf', needed, { timing, now: () => nowMs })).rejects.toMatchObject({
      code: 'ssm_unreachable',
    })
    expect(lines).toHaveLength(2)
  })

  it('is read again by itself, and lost without harm', async () => {
    const { promise: tick, resolve: goOn } = Promise.withResolvers<void>()
    let waits = 0
    const wait = async (_ms: number, signal?: AbortSignal) => {
      if (waits++ === 0) return tick
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }))
    }
    const settings = await open(server.endpoint, '/pf', needed, { timing: { random: () => 0, wait } })
    const told = Promise.withResolvers<void>()
    settings.watch({ failed: told.resolve })
    server.fails('AccessDeniedException')
    goOn()
    await told.promise
    expect(settings.live().ratePerUser).toBe(10)
  })
})
