import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { type Heard, json, startWireServer } from './wire-server.ts'

type Answer = { status?: number; body?: string; headers?: Record<string, string>; drop?: boolean }
type Authorization = { state: string; redirect: string; validUntil: string; code?: string; sessionId?: string }
type Session = { authorized: string; validUntil: string; uids: string[]; closed: boolean }

const refusal = (status: number, error: string) => ({ status, body: { message: 'No.', code: status, error } })
const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const dayMs = 86_400_000

/** Two accounts of one bank over the bodies of gocardless.md §11, with a clock that can be moved. For specs. */
export async function startDocumentedEnableBanking() {
  let offsetMs = 0
  const now = () => Date.now() + offsetMs
  const authorizations = new Map<string, Authorization>()
  const sessions = new Map<string, Session>()
  const accounts = new Map<string, { sessionId: string; index: number }>()
  const ordered: Answer[] = []

  const aspsp = {
    ...{ name: 'Documented Bank', country: 'FI', logo: '', psu_types: ['personal'], auth_methods: [], beta: false },
    maximum_consent_validity: 180 * 86_400,
  }
  const application = () => ({
    ...{ name: 'Spec', kid: 'sandbox', environment: 'SANDBOX', active: true, services: ['AIS'], countries: ['FI'] },
    redirect_urls: ['http://localhost:3000/api/connections/callback'],
  })

  function authorize(body: { state: string; redirect_url: string; access: { valid_until: string } }) {
    if (Date.parse(body.access.valid_until) > now() + aspsp.maximum_consent_validity * 1000) {
      return refusal(422, 'WRONG_REQUEST_PARAMETERS')
    }
    const id = randomUUID()
    const { state, redirect_url: redirect } = body
    authorizations.set(id, { state, redirect, validUntil: body.access.valid_until })
    return { body: { url: `https://bank.example/${id}`, authorization_id: id, psu_id_hash: 'h' } }
  }

  function openSession(code: string) {
    const authorization = [...authorizations.values()].find((one) => one.code === code)
    if (authorization === undefined) return refusal(422, 'WRONG_AUTHORIZATION_CODE')
    if (authorization.sessionId !== undefined) return refusal(422, 'ALREADY_AUTHORIZED')
    const sessionId = randomUUID()
    authorization.sessionId = sessionId
    const uids = [0, 1].map((index) => {
      const uid = randomUUID()
      accounts.set(uid, { sessionId, index })
      return uid
    })
    const { validUntil } = authorization
    sessions.set(sessionId, { authorized: new Date(now()).toISOString(), validUntil, uids, closed: false })
    const resources = uids.map((uid, index) => resource(uid, index))
    return { body: { session_id: sessionId, accounts: resources, aspsp, psu_type: 'personal' } }
  }

  function statusOf({ closed, validUntil }: Session): string {
    if (closed) return 'CLOSED'
    return Date.parse(validUntil) <= now() ? 'EXPIRED' : 'AUTHORIZED'
  }

  function session(id: string, method: string) {
    const found = sessions.get(id)
    if (found === undefined) return refusal(404, 'SESSION_DOES_NOT_EXIST')
    if (method === 'DELETE') {
      if (found.closed) return refusal(422, 'CLOSED_SESSION')
      found.closed = true
      return { body: { message: 'OK' } }
    }
    const { authorized, validUntil, uids } = found
    const access = { valid_until: validUntil }
    return { body: { status: statusOf(found), accounts: uids, aspsp, access, created: authorized, authorized } }
  }

  function data(uid: string, scope: string, query: URLSearchParams) {
    const account = accounts.get(uid)
    const found = account && sessions.get(account.sessionId)
    if (account === undefined || found === undefined) return refusal(404, 'ACCOUNT_DOES_NOT_EXIST')
    const status = statusOf(found)
    if (status !== 'AUTHORIZED') return refusal(401, `${status}_SESSION`)
    if (scope === 'details') return { body: resource(uid, account.index) }
    if (scope === 'balances') return { body: { balances: [balance] } }
    return transactions(query)
  }

  /** One row every third day, newest first, six to a page; the second page is empty, yet has a key. */
  function transactions(query: URLSearchParams) {
    const from = query.get('date_from') ?? ''
    const rows = Array.from({ length: 240 }, (_, index) => row(index)).filter(
      ({ booking_date }) => booking_date >= from,
    )
    const page = Number(query.get('continuation_key')?.slice(1) ?? 0)
    if (page === 1) return { body: { transactions: [], continuation_key: 'k2' } }
    const at = page === 0 ? 0 : page - 1
    const isLast = rows.length <= (at + 1) * 6
    return { body: { transactions: rows.slice(at * 6, at * 6 + 6), continuation_key: isLast ? null : `k${page + 1}` } }
  }

  function row(index: number) {
    const booking_date = day(now() - index * 3 * dayMs)
    return {
      ...{ entry_reference: `E-${booking_date}`, credit_debit_indicator: 'DBIT', status: 'BOOK', booking_date },
      transaction_amount: { currency: 'EUR', amount: `${index + 1}.50` },
      ...{ creditor: { name: `Shop ${index}` }, remittance_information: [`Purchase ${index}`] },
    }
  }

  function answerTo({ method, path, token, body }: Heard): { status?: number; body: unknown } {
    const url = new URL(path, 'http://x')
    const [, first = '', id = '', scope = ''] = url.pathname.split('/')
    const { exp = 0 } = claimsOf(token)
    if (exp * 1000 <= now()) return refusal(401, 'UNAUTHORIZED_ACCESS')
    switch (`${method} ${first}`) {
      case 'GET application':
        return { body: application() }
      case 'GET aspsps':
        return { body: { aspsps: url.searchParams.get('country') === 'FI' ? [aspsp] : [] } }
      case 'POST auth':
        return authorize(body as Parameters<typeof authorize>[0])
      case 'POST sessions':
        return openSession((body as { code: string }).code)
      case 'GET sessions':
      case 'DELETE sessions':
        return session(id, method)
      case 'GET accounts':
        return data(id, scope, url.searchParams)
      default:
        return refusal(404, 'WRONG_REQUEST_PARAMETERS')
    }
  }

  function answer(heard: Heard, response: ServerResponse): void {
    const date = new Date(now()).toUTCString()
    const strike = heard.path.endsWith('/balances') ? ordered.shift() : undefined
    if (strike?.drop === true) return void response.destroy()
    if (strike !== undefined) {
      const html = strike.body?.startsWith('<') ? 'text/html' : 'application/json'
      response.writeHead(strike.status ?? 200, { 'content-type': html, ...strike.headers }).end(strike.body)
      return
    }
    const { status = 200, body } = answerTo(heard)
    json(response, status, body, { date })
  }

  const server = await startWireServer((heard, response) => answer(heard, response))
  return {
    ...server,
    keys: { kind: 'enable-banking' as const, applicationId: 'sandbox', privateKey: rsaKey() },
    disturb: (order: Answer) => void ordered.push(order),
    passDays: (days: number) => {
      offsetMs += days * dayMs
    },
    /** What the user says at the bank; gives where the browser is sent. */
    decide(authorizationId: string, decision: 'grant' | 'deny'): string {
      const authorization = authorizations.get(authorizationId)
      if (authorization === undefined) throw new Error(`There is no authorization ${authorizationId}.`)
      const { redirect, state } = authorization
      if (decision === 'deny') return `${redirect}?error=access_denied&error_description=Denied&state=${state}`
      authorization.code = randomUUID()
      return `${redirect}?code=${authorization.code}&state=${state}`
    },
  }
}

const rsaKey = (): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

const balance = { name: 'Booked', balance_type: 'ITBD', balance_amount: { currency: 'EUR', amount: '100.00' } }

function resource(uid: string, index: number) {
  const iban = ['FI2112345600000785', 'FI1410093000123458'][index] ?? ''
  const identification_hash = createHash('sha256').update(iban).digest('base64')
  return {
    ...{
      account_id: { iban },
      currency: 'EUR',
      name: 'Maija M',
      details: `Account ${index}`,
      cash_account_type: 'CACC',
    },
    ...{ uid, identification_hash, identification_hashes: [identification_hash] },
  }
}

/** The token's own words; whether its signature is right is another spec's matter. */
const claimsOf = (token: string): { exp?: number } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as { exp?: number }
