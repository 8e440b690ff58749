import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SandboxBank, startSandboxBank } from '../index.ts'

export type Json = Record<string, unknown>
export type Answer = { status: number; headers: Headers; text: string; json: Json }

export type RunningBank = SandboxBank & {
  dataDir: string
  /** A call with a token, where one was fetched; bodies go as JSON. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  /**
   * A consent from agreement to granted access; the account ids in the order of the world. Over the usual terms: those of
   * the agreement, of the requisition, and what the user decides.
   */
  link(asked?: Json, wish?: Json, word?: Json): Promise<Linked>
}
export type Linked = { agreement: string; requisition: string; redirect: string; accounts: string[] }

export function newFolder(): { dataDir: string; remove: () => void } {
  const dataDir = mkdtempSync(join(tmpdir(), 'pf-sandbox-'))
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

export async function runBank(dataDir: string): Promise<RunningBank> {
  const bank = await startSandboxBank({ port: 0, dataDir })
  return { ...bank, dataDir, ...(await callerOf(bank.url)) }
}

export async function callerOf(url: string): Promise<Pick<RunningBank, 'call' | 'link'>> {
  let token = ''
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
    return { status: response.status, headers: response.headers, text, json: isJson ? parsed(text) : {} }
  }
  const fresh = await call('POST', '/api/v2/token/new/', { secret_id: 'sandbox', secret_key: 'sandbox' })
  token = String(fresh.json['access'])
  const link = async (asked: Json = {}, wish: Json = {}, word: Json = {}): Promise<Linked> => {
    const institution_id = asked['institution_id'] ?? 'SANDBOXFINANCE_SFIN0000'
    const terms = { institution_id, max_historical_days: 730, access_valid_for_days: 180, ...asked }
    const agreed = await call('POST', '/api/v2/agreements/enduser/', terms)
    const agreement = String(agreed.json['id'])
    const wished = { institution_id, agreement, redirect: 'https://app.example/back', ...wish }
    const made = await call('POST', '/api/v2/requisitions/', wished)
    const requisition = String(made.json['id'])
    const decided = await call('POST', `/__sandbox/consents/${requisition}`, { decision: 'grant', ...word })
    const linked = await call('GET', `/api/v2/requisitions/${requisition}/`)
    const accounts = linked.json['accounts'] as string[]
    return { agreement, requisition, redirect: String(decided.json['redirect']), accounts }
  }
  return { call, link }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return { notJson: text }
  }
}
