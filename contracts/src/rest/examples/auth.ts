import type { apiTokensRoutes } from '../routes/api-tokens.ts'
import type { authRoutes } from '../routes/auth.ts'
import type { invitesRoutes } from '../routes/invites.ts'
import type { mfaRoutes } from '../routes/mfa.ts'
import type { preferencesRoutes } from '../routes/preferences.ts'
import type { ExamplesOf } from './example.ts'
import { ids } from './parts.ts'

const credentials = { username: 'sam', password: 'correct horse battery' }
const user = { id: ids.user, username: 'sam' }
const access = { access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6…', expires_in: 900 }

const session = {
  id: ids.session,
  started_at: '2026-11-18T19:02:11.000Z',
  last_seen_at: '2026-11-20T08:00:00.000Z',
  expires_at: '2026-12-20T08:00:00.000Z',
  address: '203.0.113.9',
  device: 'Firefox 132 on Linux',
  current: true,
}
const signedIn = {
  id: '0193a1c4-0001-7000-8000-5a4d000000e1',
  at: session.started_at,
  action: 'signed_in' as const,
  user_id: ids.user,
  session_id: session.id,
  address: session.address,
  device: session.device,
}

export const authExamples: ExamplesOf<typeof authRoutes> = {
  register: { body: credentials, answers: { 201: user } },
  login: { body: credentials, answers: { 200: access } },
  me: { answers: { 200: { ...user, roles: ['user', 'operator'] } } },
  eraseMe: { body: { password: credentials.password }, answers: { 202: null } },
  refresh: { answers: { 200: access } },
  logout: { answers: { 200: { ok: true } } },
  sessions: { answers: { 200: { items: [session] } } },
  revokeSession: { params: { id: session.id }, answers: { 204: null } },
  changePassword: {
    body: { current: credentials.password, new: 'a better horse battery' },
    answers: { 204: null },
  },
  audit: { query: { limit: 50 }, answers: { 200: { items: [signedIn] } } },
  backchannelLogout: {
    body: { logout_token: 'eyJhbGciOiJSUzI1NiIsInR5cCI6ImxvZ291dCtqd3QifQ…' },
    answers: { 200: null },
  },
  rotateSigningKeys: { answers: { 200: { rotated: true, signs_from: '2026-11-20T08:00:20.000Z' } } },
  authConfig: {
    answers: {
      200: {
        mode: 'embedded',
        registration: 'open',
        invite_needed: false,
        second_factors: true,
        passkeys: true,
        demo: true,
      },
    },
  },
}

const recoveryCodes = ['7k2m-9xqt-4hzd-b0wn', 'c5ve-1rjs-x8ga-60pt']

export const mfaExamples: ExamplesOf<typeof mfaRoutes> = {
  loginMfa: {
    body: { mfa_token: 'Zk3…', code: '492039' },
    answers: { 200: { access_token: 'eyJ…', expires_in: 900 } },
  },
  mfa: { answers: { 200: { totp: true, recovery_codes_left: 10 } } },
  startTotp: {
    body: { password: 'correct horse battery' },
    answers: {
      200: {
        secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
        otpauth_uri:
          'otpauth://totp/Personal%20Finances:sam?issuer=Personal%20Finances&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
      },
    },
  },
  confirmTotp: { body: { code: '492039' }, answers: { 200: { recovery_codes: recoveryCodes } } },
  disableTotp: { body: { password: 'correct horse battery', code: '492039' }, answers: { 204: null } },
  renewRecoveryCodes: {
    body: { password: 'correct horse battery' },
    answers: { 200: { recovery_codes: recoveryCodes } },
  },
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

const invite = {
  id: ids.invite,
  created_at: '2026-11-20T08:00:00.000Z',
  expires_at: '2026-11-27T08:00:00.000Z',
  used_at: null,
  status: 'open' as const,
}

export const invitesExamples: ExamplesOf<typeof invitesRoutes> = {
  invites: { answers: { 200: { items: [invite] } } },
  issueInvite: { body: { expires_in_days: 7 }, answers: { 201: { ...invite, code: '7k2m-9xqt-4hzd-b0wn' } } },
  revokeInvite: { params: { id: ids.invite }, answers: { 204: null } },
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
