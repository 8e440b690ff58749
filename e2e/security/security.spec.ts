import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { Forger } from './forger.ts'
import { type Attempt, injections, plainRequest, routes } from './samples.ts'

type Problem = Rest.Problem
type Items<T> = { items: T[] }
const seen = 'Spotted-Agent/7.31'
const parallel = 4

/** What is sent where text is expected; `canary` stands for an address that nothing of ours may ever ask. */
const poisons = (canary: string) => [
  "' or '1'='1",
  "x'; drop schema vault cascade; --",
  '../../../../../../etc/passwd',
  'evt.auth.>',
  'x\r\nx-injected: 1\r\n\r\n',
  '{{7*7}}#{7*7}<script>alert(1)</script>',
  `${canary}/institution`,
]
/** Words of our insides: no answer has them. */
const insides =
  /node_modules|\/tmp\/|\.[tj]s:\d+|ECONN|Parser Error|Binder Error|Catalog Error|syntax error at|root:x:|pg_catalog/

describe('whoever attacks an installation', () => {
  let system: System
  let canary: Server
  let canaryUrl: string
  let canaryAsked = 0
  let owner: Client
  let other: Client
  let connectionId: string
  let forger: Forger
  let readOnly: string
  const secrets = new Set<string>()

  beforeAll(async () => {
    canary = createServer((_request, response) => {
      canaryAsked++
      response.end('{}')
    })
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
    canaryUrl = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`
    // Each try may come from another address: what throttles addresses is not what is looked at here.
    system = await System.start({
      env: { PF_TRUSTED_PROXIES: '127.0.0.1,::1', PF_RATE_PER_USER: '0', PF_RATE_PER_ADDRESS: '0' },
    })
    owner = await Client.registered(system, 'olive-of-the-log-scan')
    other = await Client.registered(system, 'mallory-of-the-log-scan')
    connectionId = await owner.connectDemoBank()
    await owner.settled({ connection_id: connectionId }, 120_000)
    forger = await Forger.of(system, owner.token)
    const issued = await owner.expect<Rest.IssuedApiToken>(201, 'POST', '/auth/tokens', { name: 'r', scopes: ['read'] })
    readOnly = issued.token
    for (const secret of [owner.token, other.token, readOnly, ...owner.cookies, ...other.cookies]) secrets.add(secret)
  }, 240_000)
  afterAll(async () => {
    canary.close()
    await system.end()
  }, 60_000)

  const withToken = routes.filter(([, route]) => !route.open)
  const ask = (client: Client, { method, path, body }: Attempt, headers: Record<string, string> = {}) =>
    client.call<Problem>(method, path, body, { 'user-agent': seen, ...headers })
  const inTurns = async <T>(attempts: readonly T[], one: (attempt: T) => Promise<void>) => {
    const waiting = [...attempts]
    await Promise.all(
      Array.from({ length: parallel }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await one(next)
      }),
    )
  }
  /** Routes that answered such a token otherwise than with 401. */
  async function letIn(token: string): Promise<string[]> {
    const nobody = new Client(system)
    const found: string[] = []
    await inTurns(withToken, async ([name, route]) => {
      const answer = await ask(nobody, plainRequest(name, route), { authorization: `Bearer ${token}` })
      if (answer.status !== 401 || answer.body.code !== 'unauthenticated') found.push(`${name}: ${answer.status}`)
    })
    return found
  }

  describe('with a token', () => {
    const past = Math.floor(Date.now() / 1000) - 3600

    it('that the installation itself might have made is let in: what follows is refused for what is bent alone', async () => {
      const answer = await new Client(system).call<Rest.User>('GET', '/auth/me', undefined, {
        authorization: `Bearer ${forger.signed()}`,
      })
      expect([answer.status, answer.body.username]).toEqual([200, 'olive-of-the-log-scan'])
    })

    it.each<[string, () => string]>([
      ['that has expired', () => forger.signed({ iat: past - 900, exp: past })],
      ['without an end', () => forger.signed({ exp: undefined })],
      ['of another issuer', () => forger.signed({ iss: 'https://evil.example' })],
      ['for another audience', () => forger.signed({ aud: 'another-api' })],
      ['without a session', () => forger.signed({ sid: undefined })],
      ['without a space', () => forger.signed({ space: undefined })],
      ['of another kind', () => forger.signed({}, { typ: 'JWT' })],
      ['of a key that is not known', () => forger.signed({}, { kid: '../../dev/null' })],
      ['that nobody signed', () => forger.unsigned('none')],
      ['that nobody signed, in capitals', () => forger.unsigned('NONE')],
      ['signed by the public key as a secret', () => forger.confused()],
      ['with a longer life below its signature', () => forger.swapped({ exp: past + 999_999 })],
    ])('%s opens no route', async (_, token) => {
      expect(await letIn(token())).toEqual([])
    })

    it('of a session that has ended opens no route', async () => {
      const gone = await Client.registered(system)
      const { token } = gone
      await gone.expect(200, 'POST', '/auth/logout')
      const headers = { authorization: `Bearer ${token}` }
      await eventually(async () => (await gone.call('GET', '/auth/me', undefined, headers)).status === 401, 3_000)
      expect(await letIn(token)).toEqual([])
    })

    it('for scripts that may only read does nothing else', async () => {
      const found: string[] = []
      const script = new Client(system)
      await inTurns(withToken, async ([name, route]) => {
        const isSession = route.scope === 'session' || (route.path.startsWith('/auth/') && name !== 'me')
        if (route.method === 'GET' && !isSession && route.scope !== 'admin') return
        if (route.scope === 'read') return
        const answer = await ask(script, plainRequest(name, route), { authorization: `Bearer ${readOnly}` })
        if (answer.status !== 403) found.push(`${name}: ${answer.status} ${answer.body.code}`)
      })
      expect(found).toEqual([])
    })
  })

  describe('by guessing names', () => {
    const attempt = async (username: string, n: number) => {
      const from = performance.now()
      const answer = await new Client(system).call<Problem>(
        'POST',
        '/auth/login',
        { username, password: 'not this one, surely' },
        { 'x-forwarded-for': `198.51.100.${n}`, 'user-agent': seen },
      )
      return { ms: performance.now() - from, status: answer.status, body: answer.body }
    }
    const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

    it('learns from neither words nor time whether there is such a user', async () => {
      const tries: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
      for (let n = 1; n <= 20; n++) {
        const known = await attempt('mallory-of-the-log-scan', n)
        const unknown = await attempt('nobody-of-the-log-scan', n)
        expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
        tries.known.push(known.ms)
        tries.unknown.push(unknown.ms)
      }
      const ratio = median(tries.known) / median(tries.unknown)
      expect(ratio).toBeGreaterThan(0.5)
      expect(ratio).toBeLessThan(2)
    }, 120_000)
  })

  describe('with poison in every parameter', () => {
    /** A stream that stays open, and what would end the attacker's own session. */
    const leftOut = ['events', 'logout', 'eraseMe', 'refresh']

    it('breaks nothing, learns nothing of the insides, and sends nobody anywhere', async () => {
      const before = await owner.get<Rest.TransactionPage>('/transactions')
      const found: string[] = []
      const given = routes.filter(([name]) => !leftOut.includes(name))
      const attempts = injections(given, poisons(canaryUrl))
      expect(attempts.length).toBeGreaterThan(200)
      await inTurns(attempts, async (attempt) => {
        const answer = await ask(other, attempt, { 'x-forwarded-for': '198.51.100.77' })
        const text = JSON.stringify(answer.body)
        const location = answer.headers.get('location') ?? system.web
        // Of one's own SQL the parser's words are the answer.
        const tells = attempt.route === 'query' || attempt.route === 'saveQuery' ? undefined : insides.exec(text)?.[0]
        const elsewhere = new URL(location, system.web).origin !== system.web && !location.startsWith(system.bank)
        const isBroken = answer.status >= 500 && answer.body.code !== 'provider_unavailable'
        if (isBroken || tells || elsewhere || answer.headers.has('x-injected')) {
          found.push(
            `${attempt.method} ${attempt.path} ${JSON.stringify(attempt.body)}: ${answer.status} ${text.slice(0, 300)}`,
          )
        }
      })
      expect(found).toEqual([])
      expect((await owner.get<Rest.TransactionPage>('/transactions')).totals).toEqual(before.totals)
      expect((await owner.call('GET', '/ready')).status).toBe(200)
      expect(canaryAsked).toBe(0)
    }, 120_000)

    it('in a body nested without end, or with a prototype, is refused by every route that takes one', async () => {
      const found: string[] = []
      const bodies = [`{"a":${'['.repeat(100_000)}`, '{"__proto__":{"roles":["operator"]}}']
      const taking = withToken.filter(([, route]) => route.method !== 'GET' && !route.upload)
      for (const [name, route] of taking) {
        for (const body of bodies) {
          const answer = await ask(other, { ...plainRequest(name, route), body })
          if (answer.status !== 422) found.push(`${name}: ${answer.status} ${answer.body.code}`)
        }
      }
      expect(found).toEqual([])
    }, 60_000)
  })

  describe('by sending us elsewhere', () => {
    it('through a bank that answers with a redirect gets no request of ours', async () => {
      await bank(system, 'POST', '/__sandbox/faults', [
        { path: '/api/v2/accounts/*', times: 100, status: 302, headers: { location: `${canaryUrl}/stolen` } },
      ])
      await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
      await owner.call('POST', `/connections/${connectionId}/sync`)
      await eventually(async () => {
        const { items } = await bank<Items<{ status: number | null }>>(system, 'GET', '/__sandbox/calls')
        return items.some(({ status }) => status === 302)
      }, 60_000)
      await bank(system, 'DELETE', '/__sandbox/faults')
      expect(canaryAsked).toBe(0)
    }, 90_000)

    it('through the return from a bank leads to our own pages alone', async () => {
      const queries = [
        'ref=//evil.example',
        'ref=https://evil.example',
        'state=x&code=//evil.example',
        'error=//evil.example&state=x',
      ]
      for (const query of [...queries, 'ref=x%0d%0alocation:%20https://evil.example']) {
        const said: Record<string, string>[] = [{}, { 'x-forwarded-host': 'localhost', 'x-forwarded-proto': 'https' }]
        for (const headers of said) {
          const answer = await new Client(system).call('GET', `/connections/callback?${query}`, undefined, headers)
          // What no bank would write is refused; all else leads to the dashboard.
          const location = answer.headers.get('location') ?? system.web
          expect([query, [302, 422].includes(answer.status)]).toEqual([query, true])
          expect([query, new URL(location).origin]).toEqual([query, system.web])
        }
      }
    })
  })

  describe('and reads our logs', () => {
    it('finds no token, password, name, IBAN, amount or browser in them', async () => {
      const accounts = await bank<Items<{ iban?: string; name?: string }>>(system, 'GET', '/__sandbox/accounts')
      const rows = (await owner.transactions()).slice(0, 400)
      const needles = [
        ...secrets,
        ...[...owner.cookies, ...other.cookies].flatMap((cookie) => cookie.split('=')[1] ?? []),
        'correct horse battery',
        'not this one, surely',
        'of-the-log-scan',
        seen,
        ...accounts.items.flatMap(({ iban }) => iban ?? []),
        ...rows
          .flatMap(({ description, counterparty }) => [description, counterparty ?? ''])
          .filter((text) => text.length >= 12),
        ...rows.map(({ amount }) => amount.amount.replace('-', '')).filter((amount) => amount.length >= 7),
      ].filter((needle) => needle.length >= 7)
      expect(accounts.items.length).toBeGreaterThan(0)
      const folder = join(system.dataDir, 'logs')
      // The sandbox is the bank: its log is the bank's own.
      const logs = readdirSync(folder).filter((name) => !name.startsWith('sandbox'))
      const text = logs.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
      expect(text).toContain('"answered"')
      expect([...new Set(needles)].filter((needle) => text.includes(needle))).toEqual([])
    })
  })
})
