import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { BankFeed } from '../bank-feed.ts'
import { openEnableBanking, type Records } from '../enable-banking/index.ts'
import { memorySecrets } from './memory-secrets.ts'
import { type Handler, json, startWireServer } from './wire-server.ts'

type Over = { believeDate?: boolean; maxBytes?: number; records?: Records }

export interface EnableBankingWire {
  handle: Handler
  /** Since the last `calls.length = 0`. */
  readonly calls: string[]
  readonly publicKey: KeyObject
  /** Another feed, as another process would open it. */
  open(over?: Over): BankFeed
  /** A link that the user has granted, by a feed. */
  linked(feed?: BankFeed): Promise<{ feed: BankFeed; linkId: string }>
  close(): Promise<void>
}

export const wall = new Date('2025-03-14T09:00:00.000Z')

/** The documented wire of gocardless.md §11 for specs that say themselves what it answers. */
export async function startEnableBankingWire(): Promise<EnableBankingWire> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const server = await startWireServer((request, response) => wire.handle(request, response))
  const wire: EnableBankingWire = {
    handle: granting(),
    calls: server.calls,
    publicKey: createPublicKey(privateKey),
    open: ({ believeDate = false, records = memorySecrets(), ...limits } = {}) =>
      openEnableBanking({
        ...{ id: 'eb', baseUrl: server.baseUrl, applicationId: 'app-1', privateKey },
        ...{ believeDate, clock: { now: () => wall }, records, limits },
      }),
    async linked(feed = wire.open()) {
      const { requisitionId: linkId } = await feed.createLink(wanted)
      await feed.finishLink({ linkId, callback: { code: 'code-1' } })
      return { feed, linkId }
    },
    close: server.close,
  }
  return wire
}

export const refusal = (error: string, more: object = {}) => ({ message: 'No.', code: 422, error, ...more })

export const nordea = {
  ...{ name: 'Nordea', country: 'FI', logo: 'https://logo', bic: 'NDEAFIHH', psu_types: ['personal', 'business'] },
  ...{ auth_methods: [], maximum_consent_validity: 15_552_000, beta: false },
  required_psu_headers: ['Psu-Ip-Address', 'Psu-User-Agent'],
}
export const session = {
  ...{ status: 'AUTHORIZED', accounts: ['u1', 'u2'], aspsp: { name: 'Nordea', country: 'FI' } },
  ...{ created: '2025-03-14T09:01:00+00:00', authorized: '2025-03-14T09:02:00.500000+00:00' },
  access: { valid_until: '2025-09-10T08:59:00+00:00' },
}
export const wanted = {
  ...{ institutionId: 'Nordea~FI', redirect: 'https://app/return', reference: 'state-1' },
  ...{ historyDays: 730, consentDays: 180 },
}

/** A bank that grants whatever is asked; `over` answers before it. */
export function granting(over: Handler = () => undefined): Handler {
  return async (request, response) => {
    const given = await over(request, response)
    if (given !== undefined || response.writableEnded) return given
    const { method, path } = request
    if (path.startsWith('/aspsps')) return { aspsps: [nordea] }
    if (path === '/auth') return { url: 'https://consent', authorization_id: 'auth-1', psu_id_hash: 'h' }
    if (path === '/sessions') {
      return { session_id: 's-1', accounts: [{ uid: 'u1' }, { uid: 'u2' }], aspsp: session.aspsp }
    }
    if (path === '/sessions/s-1') return method === 'DELETE' ? { message: 'OK' } : session
    return json(response, 404, refusal('ACCOUNT_DOES_NOT_EXIST'))
  }
}
