import { randomUUID } from 'node:crypto'
import type { SoftAuthenticator } from '@pf/auth/testing'
import type { Rest } from '@pf/contracts'
import { contractFaults } from '@pf/gateway/testing'
import { eventually } from './eventually.ts'
import type { System } from './system.ts'

export type Answer<T> = { status: number; body: T; headers: Headers }

/** A client of the public API for one user, as a script would be. Whatever is answered has to be as the OpenAPI document says. */
export class Client {
  readonly #system: System
  #token = ''
  cookies: string[] = []

  constructor(system: System) {
    this.#system = system
  }

  static async registered(system: System, username = `sam-${randomUUID().slice(0, 8)}`): Promise<Client> {
    const client = new Client(system)
    const credentials = { username, password: 'correct horse battery' }
    await client.expect(201, 'POST', '/auth/register', credentials)
    await client.login(credentials)
    return client
  }

  async login(
    credentials: { username: string; password: string },
    headers: Record<string, string> = {},
  ): Promise<void> {
    const answer = await this.expect<Rest.AccessToken>(200, 'POST', '/auth/login', credentials, headers)
    this.#token = answer.access_token
  }

  get token(): string {
    return this.#token
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.#system.api}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
        ...(this.cookies.length > 0 ? { cookie: this.cookies.join('; ') } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie.split(';')[0] ?? '')
    const text = await response.text()
    keepsTo(method, path, response, text)
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, body: (isJson && text ? JSON.parse(text) : text) as T }
  }

  async expect<T>(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const answer = await this.call<T>(method, path, body, headers)
    if (answer.status === status) return answer.body
    throw new Error(`${method} ${path}: found ${answer.status} ${JSON.stringify(answer.body)}, expected ${status}`)
  }

  /** Of a device that asks nobody. */
  async addPasskey(name: string, device: SoftAuthenticator, password = 'correct horse battery'): Promise<Rest.Passkey> {
    const options = await this.expect<Rest.PasskeyCreation>(200, 'POST', '/auth/passkeys/options', { password })
    return this.expect(201, 'POST', '/auth/passkeys', { name, credential: device.create(options) })
  }

  async loginByPasskey(device: SoftAuthenticator): Promise<void> {
    const options = await this.expect<Rest.PasskeyRequest>(200, 'POST', '/auth/login/passkey/options')
    const body = { credential: device.get(options) }
    this.#token = (await this.expect<Rest.AccessToken>(200, 'POST', '/auth/login/passkey', body)).access_token
  }

  /** A statement file, as a form. */
  async importFile(
    text: string,
    fields: Record<string, string> = {},
    name = 'statement.csv',
  ): Promise<Answer<Rest.Import>> {
    const form = new FormData()
    for (const [field, value] of Object.entries(fields)) form.set(field, value)
    form.set('file', new Blob([text]), name)
    const headers = { authorization: `Bearer ${this.#token}` }
    const response = await fetch(`${this.#system.api}/imports`, { method: 'POST', headers, body: form })
    const said = await response.text()
    keepsTo('POST', '/imports', response, said)
    return { status: response.status, headers: response.headers, body: JSON.parse(said) as Rest.Import }
  }

  get<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    return this.expect<T>(200, 'GET', path, undefined, headers)
  }

  /** Asks for the demo bank, consents without a browser and comes back. Answers the connection's id. */
  async connectDemoBank(institution = 'SANDBOXFINANCE_SFIN0000'): Promise<string> {
    const asked = await this.expect<{ id: string; link: string }>(201, 'POST', '/connections', {
      institution_id: institution,
    })
    await this.consent(asked.link, 'grant')
    return asked.id
  }

  async consent(link: string, decision: 'grant' | 'deny'): Promise<string> {
    const requisition = /\/start\/([^/]+)/.exec(link)?.[1] ?? ''
    const { redirect } = await bank<{ redirect: string }>(this.#system, 'POST', `/__sandbox/consents/${requisition}`, {
      decision,
    })
    const back = new URL(redirect)
    const answer = await this.call('GET', `${back.pathname.replace(/^\/api/, '')}${back.search}`)
    return answer.headers.get('location') ?? ''
  }

  /** Waits until every sync of the run (or of all) is at an end; answers them. */
  async settled(filter: { run_id?: string; connection_id?: string }, deadlineMs = 60_000): Promise<Rest.Sync[]> {
    const query = new URLSearchParams({ ...filter, limit: '200' })
    return await eventually(async () => {
      const { items } = await this.get<{ items: Rest.Sync[] }>(`/syncs?${query}`)
      const open = items.filter((sync) => !['completed', 'partial', 'failed'].includes(sync.status))
      if (items.length > 0 && open.length === 0) return items
      throw new Error(`open syncs: ${JSON.stringify(open.length === 0 ? 'none asked for yet' : open)}`)
    }, deadlineMs)
  }

  accounts(): Promise<Rest.Account[]> {
    return this.get<{ items: Rest.Account[] }>('/accounts').then(({ items }) => items)
  }

  /** All rows that a filter shows, page by page. */
  async transactions(filter: Record<string, string> = {}): Promise<Rest.Transaction[]> {
    const rows: Rest.Transaction[] = []
    let cursor: string | undefined
    do {
      const query = new URLSearchParams({ ...filter, limit: '200', ...(cursor ? { cursor } : {}) })
      const page = await this.get<Rest.TransactionPage>(`/transactions?${query}`)
      rows.push(...page.items)
      cursor = page.next_cursor
    } while (cursor !== undefined)
    return rows
  }

  #keep(cookie: string): void {
    const name = cookie.split('=')[0]
    this.cookies = [...this.cookies.filter((known) => known.split('=')[0] !== name), cookie]
  }
}

/** Throws where an answer is not what the contract declares. */
function keepsTo(method: string, path: string, { status, headers }: Response, body: string): void {
  const faults = contractFaults(method, path, { status, headers, body })
  if (faults.length > 0) throw new Error(`${method} ${path} does not keep to docs/openapi.json:\n${faults.join('\n')}`)
}

/** The sandbox bank's control API. */
export async function bank<T>(system: System, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${system.bank}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return (text ? JSON.parse(text) : undefined) as T
}
