import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rest } from '@pf/contracts'
import { Client } from '../src/client.ts'
import { System } from '../src/system.ts'

const password = 'correct horse battery'

/** An installation that is reached from beyond its machine: the first one needs the code that is told there, others an invite. */
describe('whoever wants to be let in', () => {
  let system: System
  let firstCode: string
  let operator: Client
  const file = () => join(system.dataDir, 'first-operator-code')

  beforeAll(async () => {
    // Each try may come from another address: what throttles addresses is not what is looked at here.
    system = await System.start({
      env: {
        PUBLIC_URL: 'https://money.example.org',
        PF_SANDBOX: 'off',
        PF_TRUSTED_PROXIES: '127.0.0.1,::1',
        PF_RATE_PER_USER: '0',
        PF_RATE_PER_ADDRESS: '0',
      },
    })
    firstCode = readFileSync(file(), 'utf8').trim()
  }, 180_000)
  afterAll(() => system?.end(), 60_000)

  let tries = 0
  async function register(username: string, invite?: string) {
    const headers = { 'x-forwarded-for': `198.51.${100 + (++tries >> 8)}.${tries & 255}` }
    const body = { username, password, ...(invite === undefined ? {} : { invite }) }
    const from = performance.now()
    const answer = await new Client(system).call<Rest.Problem>('POST', '/auth/register', body, headers)
    return { status: answer.status, body: answer.body, ms: performance.now() - from }
  }
  async function as(username: string): Promise<Client> {
    const client = new Client(system)
    await client.login({ username, password })
    return client
  }
  const issue = () => operator.expect<Rest.IssuedInvite>(201, 'POST', '/auth/invites', {})
  const forged = () => firstCode.replace(/^./, (letter) => (letter === '0' ? '1' : '0'))
  const refusal = ({ status, body }: { status: number; body: Rest.Problem }) => [status, body.code]

  it('as the first one is not, without the code or with one that is nearly it', async () => {
    expect((await new Client(system).get<Rest.AuthConfig>('/auth/config')).invite_needed).toBe(true)
    expect(refusal(await register('mallory'))).toEqual([403, 'invite_needed'])
    for (const code of [forged(), firstCode.slice(0, -1), `${firstCode}0`, '', "' or '1'='1"]) {
      const { status, body } = await register('mallory', code)
      expect([code, status >= 400 && status < 500, body.code === 'username_taken']).toEqual([code, true, false])
    }
  })

  it('by the code is one of however many come with it, who runs the installation; then it is spent', async () => {
    const names = ['olive', 'mallory', 'trudy', 'eve']
    const entered = await Promise.all(names.map((name) => register(name, firstCode)))
    expect(entered.map(({ status }) => status).toSorted()).toEqual([201, 403, 403, 403])
    operator = await as(names[entered.findIndex(({ status }) => status === 201)] ?? '')
    expect((await operator.get<Rest.User>('/auth/me')).roles).toEqual(['user', 'operator'])
    expect(existsSync(file())).toBe(false)
    expect(refusal(await register('grace', firstCode))).toEqual([403, 'invite_invalid'])
  })

  it('makes, sees and takes back no invite without running the installation', async () => {
    const open = await issue()
    expect((await register('kim', (await issue()).code)).status).toBe(201)
    const kim = await as('kim')
    const tried = [
      await kim.call<Rest.Problem>('POST', '/auth/invites', {}),
      await kim.call<Rest.Problem>('GET', '/auth/invites'),
      await kim.call<Rest.Problem>('DELETE', `/auth/invites/${open.id}`),
    ]
    expect(tried.map(refusal)).toEqual(Array(3).fill([403, 'operator_only']))
    const { items } = await operator.get<{ items: Rest.Invite[] }>('/auth/invites')
    expect(items.map(({ status }) => status).toSorted()).toEqual(['open', 'used'])
    expect(JSON.stringify(items)).not.toContain(open.code)
  })

  it('learns from neither words nor time what a code was, or whether a name is taken', async () => {
    const [spent, revoked] = [await issue(), await issue()]
    await register('robin', spent.code)
    await operator.expect(204, 'DELETE', `/auth/invites/${revoked.id}`)
    const codes = [spent.code, revoked.code, firstCode, forged(), 'made-up']
    const ms: Record<'robin' | 'nobody-here', number[]> = { robin: [], 'nobody-here': [] }
    const told = new Set<string>()
    for (let n = 0; n < 20; n++) {
      for (const name of ['robin', 'nobody-here'] as const) {
        const answer = await register(name, codes[n % codes.length])
        told.add(JSON.stringify([answer.status, answer.body]))
        ms[name].push(answer.ms)
      }
    }
    expect([...told]).toEqual([expect.stringContaining('invite_invalid')])
    const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
    // A password that is hashed on one of the ways would be ten times the other.
    const ratio = median(ms.robin) / median(ms['nobody-here'])
    expect([ratio > 1 / 3, ratio < 3]).toEqual([true, true])
  })

  it('finds no invite in the logs', async () => {
    const { code } = await issue()
    expect((await register('alex', code)).status).toBe(201)
    const folder = join(system.dataDir, 'logs')
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(text.join('\n')).toContain('"answered"')
    expect(text.filter((log) => log.includes(code))).toEqual([])
  })
})
