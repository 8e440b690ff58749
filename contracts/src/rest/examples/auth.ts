import type { apiTokensRoutes } from '../routes/api-tokens.ts'
import type { authRoutes } from '../routes/auth.ts'
import type { preferencesRoutes } from '../routes/preferences.ts'
import type { ExamplesOf } from './example.ts'
import { ids } from './parts.ts'

const credentials = { username: 'sam', password: 'correct horse battery' }
const user = { id: ids.user, username: 'sam' }
const access = { access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6…', expires_in: 900 }

export const authExamples: ExamplesOf<typeof authRoutes> = {
  register: { body: credentials, answers: { 201: user } },
  login: { body: credentials, answers: { 200: access } },
  me: { answers: { 200: user } },
  eraseMe: { body: { password: credentials.password }, answers: { 202: null } },
  refresh: { answers: { 200: access } },
  logout: { answers: { 200: { ok: true } } },
  authConfig: { answers: { 200: { mode: 'embedded', registration: 'open', demo: true } } },
}

const apiToken = {
  id: ids.token,
  name: 'Nightly export',
  scopes: ['read' as const],
  created_at: '2026-11-20T08:00:00.000Z',
  expires_at: null,
  last_used_at: '2026-11-20T08:31:00.000Z',
}

export const apiTokensExamples: ExamplesOf<typeof apiTokensRoutes> = {
  apiTokens: { answers: { 200: { items: [apiToken] } } },
  issueApiToken: {
    body: { name: apiToken.name, scopes: apiToken.scopes },
    answers: { 201: { ...apiToken, last_used_at: null, token: 'pf_…' } },
  },
  revokeApiToken: { params: { id: ids.token }, answers: { 204: null } },
}

const preference = {
  key: 'transactions.filters',
  value: { status: 'booked', sort: '-date' },
  revision: '7',
  changed_at: '2026-11-20T08:00:00.000Z',
}
const byKey = { key: preference.key }

export const preferencesExamples: ExamplesOf<typeof preferencesRoutes> = {
  preferences: { answers: { 200: { items: [preference] } } },
  preference: { params: byKey, answers: { 200: preference } },
  putPreference: { params: byKey, body: { value: preference.value }, answers: { 200: preference } },
  deletePreference: { params: byKey, answers: { 204: null } },
}
