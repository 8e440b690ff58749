import { ConfigRefused, choice, defineConfig, integer, optional, text, url } from './define-config.ts'
import { keycloakConfig } from './keycloak-config.ts'
import { masterKeySource, platformConfig } from './platform-config.ts'
import { relyingParty } from './relying-party.ts'

const needed = { NATS_URL: 'nats://127.0.0.1:4222', DATABASE_URL: 'postgresql://pf:hunter2@127.0.0.1:5432/pf' }

function refusalOf(work: () => unknown): ConfigRefused {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigRefused) return error
    throw error
  }
  throw new Error('Expected it to be refused.')
}

describe('a configuration', () => {
  const read = defineConfig({
    name: text('NAME', { about: 'who it is' }),
    size: integer('SIZE', { about: 'how large', min: 1, max: 9, default: 3 }),
    double: integer('DOUBLE', { about: 'twice that', default: ({ size }) => Number(size) * 2 }),
    colour: choice('COLOUR', { about: 'how it looks', of: ['red', 'green'], default: 'red' }),
    place: optional(url('PLACE', { about: 'where', schemes: ['https'] })),
    pin: integer('PIN', { about: 'opens it', min: 0, max: 9999, default: 0, secret: true }),
  })

  it('is what the environment says, else the defaults', () => {
    expect(read({ NAME: ' one ', COLOUR: 'green', SIZE: '4' })).toEqual({
      name: 'one',
      size: 4,
      double: 8,
      colour: 'green',
      place: undefined,
      pin: 0,
    })
  })

  it('counts an empty value as not said', () => {
    expect(read({ NAME: 'one', COLOUR: '', SIZE: '  ' })).toMatchObject({ colour: 'red', size: 3 })
  })

  it('names all problems at once: what was found, what was expected', () => {
    const { problems, message } = refusalOf(() => read({ SIZE: '10', COLOUR: 'blue', PLACE: 'http://here' }))
    expect(problems).toEqual([
      'NAME is missing: who it is',
      'SIZE is "10"; expected a whole number from 1 to 9',
      'COLOUR is "blue"; expected one of red, green',
      'PLACE is "http://here"; expected a URL such as https://…',
    ])
    for (const problem of problems) expect(message).toContain(problem)
  })

  it('never repeats a secret', () => {
    expect(refusalOf(() => read({ NAME: 'one', PIN: '12345' })).message).not.toContain('12345')
  })
})

describe("the platform's configuration", () => {
  it('needs a broker and a database, and has a default for all else', () => {
    expect(refusalOf(() => platformConfig({})).problems.map((problem) => problem.split(' ')[0])).toEqual([
      'NATS_URL',
      'DATABASE_URL',
    ])
    const config = platformConfig({ ...needed, PF_DATA_DIR: '/srv/pf' })
    expect(config).toMatchObject({
      apiPort: 8000,
      bind: '127.0.0.1',
      masterKeyFile: '/srv/pf/master.key',
      martsDir: '/srv/pf/marts',
      objectStoreUrl: 'file:///srv/pf/objects',
      publicUrl: 'http://localhost:3000',
      sandboxUrl: 'http://localhost:8010',
      registration: 'open',
    })
  })

  it('takes one place of the master key: a file unless told', () => {
    const keyText = Buffer.alloc(32, 7).toString('base64url')
    expect(masterKeySource(platformConfig({ ...needed, PF_MASTER_KEY_FILE: '/k' }))).toEqual({ of: 'file', path: '/k' })
    expect(masterKeySource(platformConfig({ ...needed, PF_MASTER_KEY: keyText }))).toEqual({
      of: 'environment',
      text: keyText,
    })
    const ssm = { ...needed, PF_MASTER_KEY_SSM: '/pf/key', PF_MASTER_KEY_SSM_ENDPOINT: 'http://127.0.0.1:1' }
    expect(masterKeySource(platformConfig(ssm))).toMatchObject({
      of: 'ssm',
      parameter: { name: '/pf/key', endpoint: 'http://127.0.0.1:1' },
    })
    const { problems } = refusalOf(() => platformConfig({ ...ssm, PF_MASTER_KEY: keyText }))
    expect(problems).toEqual(['PF_MASTER_KEY and PF_MASTER_KEY_SSM are set; expected one place of the master key'])
  })

  it('opens registration on this machine only, unless told', () => {
    expect(platformConfig({ ...needed, PUBLIC_URL: 'https://money.example.org/' })).toMatchObject({
      publicUrl: 'https://money.example.org',
      registration: 'invite',
    })
    expect(platformConfig({ ...needed, PUBLIC_URL: 'https://money.example.org', REGISTRATION: 'open' })).toMatchObject({
      registration: 'open',
    })
  })

  it('follows the ports it is given', () => {
    expect(platformConfig({ ...needed, PF_WEB_PORT: '3100', PF_SANDBOX_PORT: '8110' })).toMatchObject({
      publicUrl: 'http://localhost:3100',
      sandboxUrl: 'http://localhost:8110',
    })
  })

  it('binds passkeys to the host of PUBLIC_URL or a domain above it, and to no address that browsers take none for', () => {
    const party = (said: Record<string, string>) => relyingParty(platformConfig({ ...needed, ...said }))
    expect(party({})).toEqual({ id: 'localhost', origin: 'http://localhost:3000' })
    const PUBLIC_URL = 'https://money.example.org/finances'
    expect(party({ PUBLIC_URL })).toEqual({ id: 'money.example.org', origin: 'https://money.example.org' })
    const above = party({ PUBLIC_URL, PF_PASSKEY_DOMAIN: 'example.org' })
    expect(above).toEqual({ id: 'example.org', origin: 'https://money.example.org' })
    for (const address of ['http://127.0.0.1:3000', 'http://money.example.org', 'https://192.0.2.7', 'https://[::1]'])
      expect(party({ PUBLIC_URL: address })).toBeUndefined()
    for (const domain of ['example.com', 'ample.org', 'sub.money.example.org']) {
      const { problems } = refusalOf(() => platformConfig({ ...needed, PUBLIC_URL, PF_PASSKEY_DOMAIN: domain }))
      expect(problems).toEqual([
        `PF_PASSKEY_DOMAIN is "${domain}"; expected money.example.org, the host of PUBLIC_URL, or a domain above it`,
      ])
    }
  })

  it('refuses half a pair of keys', () => {
    const { problems } = refusalOf(() => platformConfig({ ...needed, GOCARDLESS_SECRET_ID: 'abc' }))
    expect(problems).toEqual(['GOCARDLESS_SECRET_ID is set, but GOCARDLESS_SECRET_KEY is missing: they come as a pair'])
  })

  it('never repeats the password in the database address', () => {
    const wrong = { ...needed, DATABASE_URL: 'mysql://pf:hunter2@127.0.0.1/pf' }
    const { message } = refusalOf(() => platformConfig(wrong))
    expect(message).toContain('DATABASE_URL')
    expect(message).not.toContain('hunter2')
  })
})

describe("Keycloak's configuration", () => {
  const mode = { ...needed, AUTH_MODE: 'keycloak' }
  const known = { ...mode, KEYCLOAK_URL: 'https://id.example.org/' }
  const refused = (environment: Record<string, string>) =>
    keycloakConfig(platformConfig(environment)).catch((error: ConfigRefused) => error.problems)

  it('needs an address as soon as the mode is chosen', () => {
    expect(refusalOf(() => platformConfig(mode)).problems).toEqual([expect.stringContaining('KEYCLOAK_URL is missing')])
  })

  it('has both clients by the names of the realm file', async () => {
    const secrets = { KEYCLOAK_GATEWAY_SECRET: 'one', KEYCLOAK_ADMIN_SECRET: 'two' }
    expect(await keycloakConfig(platformConfig({ ...known, ...secrets }))).toEqual({
      url: 'https://id.example.org',
      internalUrl: 'https://id.example.org',
      realm: 'personal-finances',
      webClient: 'web',
      gateway: { id: 'gateway', secret: 'one' },
      admin: { id: 'identity-admin', secret: 'two' },
    })
  })

  it('is refused without a secret, and with a placeholder for one, which Keycloak would have taken too', async () => {
    expect(await refused(known)).toEqual([
      expect.stringContaining('KEYCLOAK_GATEWAY_SECRET is missing'),
      expect.stringContaining('KEYCLOAK_ADMIN_SECRET is missing'),
    ])
    const literal = { KEYCLOAK_GATEWAY_SECRET: '$' + '{PF_KEYCLOAK_GATEWAY_SECRET}', KEYCLOAK_ADMIN_SECRET: 'two' }
    expect(await refused({ ...known, ...literal })).toEqual([
      expect.stringContaining('KEYCLOAK_GATEWAY_SECRET is a placeholder'),
    ])
  })
})
