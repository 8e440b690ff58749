import type { passkeysRoutes } from '../routes/passkeys.ts'
import type { ExamplesOf } from './example.ts'
import { ids } from './parts.ts'

const password = 'correct horse battery'
const passkey = {
  id: ids.passkey,
  name: 'Phone',
  created_at: '2026-11-20T08:00:00.000Z',
  last_used_at: null,
  synced: true,
}
const challenge = 'q2nFv0cZ8kXbT5sR1yHjE7wUoPiAdLmGfNtBxVzC4KQ'
const key = {
  id: 'mZ4nq0w5T1G6bXoX0cVd3A',
  rawId: 'mZ4nq0w5T1G6bXoX0cVd3A',
  type: 'public-key' as const,
  clientExtensionResults: {},
}
const clientDataJSON = 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoi'

export const passkeysExamples: ExamplesOf<typeof passkeysRoutes> = {
  beginPasskeyLogin: {
    answers: {
      200: { rpId: 'money.example.org', challenge, timeout: 300_000, userVerification: 'required' },
    },
  },
  loginPasskey: {
    body: {
      credential: {
        ...key,
        response: {
          clientDataJSON,
          authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAQ',
          signature: 'MEUCIQDx0cZ8kXbT5sR1yHjE7wUoPiAdLmGfNtBxVzC4KQ',
          userHandle: 'AZOhxAABcACAAFpNAAAAAQ',
        },
      },
    },
    answers: { 200: { access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6…', expires_in: 900 } },
  },
  passkeys: { answers: { 200: { items: [passkey] } } },
  beginPasskey: {
    body: { password },
    answers: {
      200: {
        rp: { id: 'money.example.org', name: 'Personal Finances' },
        user: { id: 'AZOhxAABcACAAFpNAAAAAQ', name: 'sam', displayName: 'sam' },
        challenge,
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        timeout: 300_000,
        excludeCredentials: [],
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
      },
    },
  },
  registerPasskey: {
    body: {
      name: passkey.name,
      credential: {
        ...key,
        response: {
          clientDataJSON,
          attestationObject: 'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVg',
          transports: ['internal'],
        },
      },
    },
    answers: { 201: passkey },
  },
  renamePasskey: {
    params: { id: passkey.id },
    body: { name: 'Old phone' },
    answers: { 200: { ...passkey, name: 'Old phone' } },
  },
  removePasskey: { params: { id: passkey.id }, body: { password }, answers: { 204: null } },
}
