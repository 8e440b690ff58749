import { Type } from 'typebox'
import { closed, Id, Name, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

const Password = Type.String({ minLength: 1, maxLength: 1024 })

export const passkeysRoutes = {
  beginPasskeyLogin: route({
    method: 'POST',
    path: '/auth/login/passkey/options',
    tag: 'Auth',
    open: true,
    summary: 'Begin a log-in by passkey: what the browser is asked with',
    description: 'No user name is asked for, and the answer is of the same shape for everybody.',
    answers: { 200: S.PasskeyRequest },
    problems: ['passkeys_off', 'too_many_attempts'],
  }),
  loginPasskey: route({
    method: 'POST',
    path: '/auth/login/passkey',
    tag: 'Auth',
    open: true,
    setsCookie: true,
    summary: 'Log in by passkey',
    description:
      'No password and no second step: a passkey is something one has, and asks for a finger, a face or a PIN itself. Each challenge is answered once, rightly or wrongly.',
    body: Type.Object({ credential: S.PasskeyAssertion }, closed),
    answers: { 200: S.AccessToken },
    problems: ['passkeys_off', 'passkey_refused', 'space_moved'],
  }),
  passkeys: route({
    method: 'GET',
    path: '/auth/passkeys',
    tag: 'Auth',
    summary: 'Your passkeys, the newest first',
    answers: { 200: S.page(S.Passkey) },
  }),
  beginPasskey: route({
    method: 'POST',
    path: '/auth/passkeys/options',
    tag: 'Auth',
    summary: 'Begin to register a passkey: what the browser is asked with',
    body: Type.Object({ password: Password }, closed),
    answers: { 200: S.PasskeyCreation },
    problems: ['passkeys_off', 'bad_credentials', 'passkeys_full', 'too_many_attempts'],
  }),
  registerPasskey: route({
    method: 'POST',
    path: '/auth/passkeys',
    tag: 'Auth',
    summary: 'Register the passkey that the browser made: one signs in by it from now on',
    body: Type.Object({ name: Name, credential: S.PasskeyAttestation }, closed),
    answers: { 201: S.Passkey },
    problems: ['passkeys_off', 'passkey_invalid', 'passkeys_full'],
  }),
  renamePasskey: route({
    method: 'PATCH',
    path: '/auth/passkeys/{id}',
    tag: 'Auth',
    summary: 'Give a passkey another name',
    params: Id,
    body: Type.Object({ name: Name }, closed),
    answers: { 200: S.Passkey },
    problems: ['passkey_not_found'],
  }),
  removePasskey: route({
    method: 'DELETE',
    path: '/auth/passkeys/{id}',
    tag: 'Auth',
    summary: 'Remove a passkey: nobody signs in by it any more; sessions go on',
    params: Id,
    body: Type.Object({ password: Password }, closed),
    answers: { 204: null },
    problems: ['bad_credentials', 'passkey_not_found', 'too_many_attempts'],
  }),
} as const satisfies Record<string, Route>
