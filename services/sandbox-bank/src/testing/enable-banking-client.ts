import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, Json, RunningBank } from './running-bank.ts'

export const REDIRECT = 'http://localhost:3000/api/connections/callback'
export const BANK = { name: 'Sandbox Finance (Enable Banking)', country: 'GB' }

type Signing = { header?: Json; claims?: Json; key?: KeyObject; nowMs?: number }

export type EnableBankingClient = {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  token(over?: Signing): string
  /** `POST /auth` with what is asked besides. */
  authorize(asked?: Json): Promise<Answer>
  /** A consent from authorization to session. */
  link(): Promise<{ session: string; uids: string[]; accounts: Json[]; code: string; authorization: string }>
}

/** A client of the wire as another program would write it: nothing of ours but the address and the demo's key. */
export function enableBankingClient(bank: RunningBank): EnableBankingClient {
  const own = createPrivateKey(readFileSync(join(bank.dataDir, 'enable-banking', 'sandbox.pem')))
  const token = ({ header, claims, key = own, nowMs = Date.now() }: Signing = {}) => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const iat = Math.floor(nowMs / 1000)
    const text = [
      encode({ typ: 'JWT', alg: 'RS256', kid: 'sandbox', ...header }),
      encode({ iss: 'enablebanking.com', aud: 'api.enablebanking.com', iat, exp: iat + 3600, ...claims }),
    ].join('.')
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`
  }
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const { json: clock } = await bank.call('GET', '/__sandbox/clock')
    const nowMs = Date.parse(String(clock['now']))
    const response = await fetch(`${bank.url}/enable-banking${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${token({ nowMs })}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, headers: response.headers, text, json: isJson ? (JSON.parse(text) as Json) : {} }
  }
  const authorize = async (asked: Json = {}) => {
    const { json: clock } = await bank.call('GET', '/__sandbox/clock')
    const until = new Date(Date.parse(String(clock['now'])) + 90 * 86_400_000).toISOString()
    const wish = { access: { valid_until: until }, aspsp: BANK, state: 'state-1', redirect_url: REDIRECT }
    return call('POST', '/auth', { ...wish, psu_type: 'personal', ...asked })
  }
  const link = async () => {
    const authorization = String((await authorize()).json['authorization_id'])
    const { json } = await bank.call('POST', `/__sandbox/consents/${authorization}`, { decision: 'grant' })
    const code = new URL(String(json['redirect'])).searchParams.get('code') ?? ''
    const opened = await call('POST', '/sessions', { code })
    const accounts = opened.json['accounts'] as Json[]
    const uids = accounts.map(({ uid }) => String(uid))
    return { session: String(opened.json['session_id']), uids, accounts, code, authorization }
  }
  return { call, token, authorize, link }
}
