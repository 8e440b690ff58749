import { Type } from 'typebox'
import { closed, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

const Password = Type.String({ minLength: 1, maxLength: 1024 })
const Code = told(Type.String({ pattern: '^\\d{6}$' }), 'The six digits that the app shows now; each is taken once.')

export const mfaRoutes = {
  loginMfa: route({
    method: 'POST',
    path: '/auth/login/mfa',
    tag: 'Auth',
    open: true,
    setsCookie: true,
    summary: 'The second step of a log-in: a code from the app, a recovery code or a passkey',
    description:
      'Send exactly one of `code`, `recovery_code` and `passkey` (an answer to `POST /auth/login/passkey/options`). `mfa_token` is good once, for five minutes and five tries.',
    body: Type.Object(
      {
        mfa_token: told(Type.String({ minLength: 1, maxLength: 128 }), 'Of the problem `mfa_required`.'),
        code: Type.Optional(Code),
        recovery_code: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
        passkey: Type.Optional(S.PasskeyAssertion),
      },
      closed,
    ),
    answers: { 200: S.AccessToken },
    problems: [
      'mfa_token_invalid',
      'mfa_refused',
      'passkey_refused',
      'passkeys_off',
      'bad_credentials',
      'space_moved',
      'too_many_attempts',
    ],
  }),
  mfa: route({
    method: 'GET',
    path: '/auth/mfa',
    tag: 'Auth',
    summary: 'What a log-in by password asks for beside the password',
    answers: { 200: S.Mfa },
  }),
  startTotp: route({
    method: 'POST',
    path: '/auth/mfa/totp',
    tag: 'Auth',
    summary: 'Begin to set up an app for codes (TOTP); nothing is asked for until it is confirmed',
    body: Type.Object({ password: Password }, closed),
    answers: { 200: S.StartedTotp },
    problems: ['bad_credentials', 'mfa_on', 'mfa_elsewhere', 'too_many_attempts'],
  }),
  confirmTotp: route({
    method: 'POST',
    path: '/auth/mfa/totp/confirm',
    tag: 'Auth',
    summary: 'The app works: codes are asked for from now on',
    body: Type.Object({ code: Code }, closed),
    answers: { 200: S.RecoveryCodes },
    problems: ['mfa_off', 'mfa_on', 'mfa_refused', 'too_many_attempts'],
  }),
  disableTotp: route({
    method: 'DELETE',
    path: '/auth/mfa/totp',
    tag: 'Auth',
    summary: 'Ask for no codes any more; recovery codes go with it',
    body: Type.Object({ password: Password, code: Code }, closed),
    answers: { 204: null },
    problems: ['bad_credentials', 'mfa_off', 'mfa_refused', 'too_many_attempts'],
  }),
  renewRecoveryCodes: route({
    method: 'POST',
    path: '/auth/mfa/recovery-codes',
    tag: 'Auth',
    summary: 'A new set of recovery codes; those of before are good no more',
    body: Type.Object({ password: Password }, closed),
    answers: { 200: S.RecoveryCodes },
    problems: ['bad_credentials', 'mfa_off', 'too_many_attempts'],
  }),
} as const satisfies Record<string, Route>
