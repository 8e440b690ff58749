import { Type } from 'typebox'
import { Cursor, closed, Id, Limit, query, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

const NewPassword = Type.String({ minLength: 8, maxLength: 1024 })
const Registration = Type.Object(
  {
    username: Type.String({ minLength: 3, maxLength: 50 }),
    password: NewPassword,
    invite: Type.Optional(
      told(
        Type.String({ minLength: 1, maxLength: 64 }),
        "An invitation's code, or of the first user the one-time code, where GET /auth/config says that one is needed.",
      ),
    ),
  },
  closed,
)

export const authRoutes = {
  register: route({
    method: 'POST',
    path: '/auth/register',
    tag: 'Auth',
    open: true,
    summary: 'Register a user and open their space',
    body: Registration,
    answers: { 201: S.RegisteredUser },
    mayLag: true,
    problems: ['username_taken', 'registration_closed', 'invite_needed', 'invite_invalid', 'too_many_attempts'],
  }),
  login: route({
    method: 'POST',
    path: '/auth/login',
    tag: 'Auth',
    open: true,
    setsCookie: true,
    summary: 'Start a session; sets the refresh cookie',
    body: Type.Object(
      {
        username: Type.String({ minLength: 1, maxLength: 50 }),
        password: Type.String({ minLength: 1, maxLength: 1024 }),
      },
      closed,
    ),
    answers: { 200: S.AccessToken },
    problems: ['bad_credentials', 'mfa_required', 'name_unusable', 'space_moved', 'too_many_attempts'],
  }),
  me: route({
    method: 'GET',
    path: '/auth/me',
    tag: 'Auth',
    scope: 'read',
    summary: 'Who am I, and what may I',
    answers: { 200: S.User },
  }),
  eraseMe: route({
    method: 'DELETE',
    path: '/auth/me',
    tag: 'Auth',
    summary: 'Erase everything of this user, for good; signed out at once',
    body: Type.Object({ password: Type.String({ minLength: 1, maxLength: 1024 }) }, closed),
    answers: { 202: null },
    problems: ['bad_credentials', 'too_many_attempts'],
  }),
  refresh: route({
    method: 'POST',
    path: '/auth/refresh',
    tag: 'Auth',
    open: true,
    cookie: 'refresh',
    setsCookie: true,
    summary: 'Rotate the refresh cookie for a new access token',
    answers: { 200: S.AccessToken },
    problems: ['refresh_missing', 'refresh_invalid', 'refresh_reused', 'space_moved'],
  }),
  logout: route({
    method: 'POST',
    path: '/auth/logout',
    tag: 'Auth',
    open: true,
    cookie: 'either',
    setsCookie: true,
    summary: 'End the session',
    answers: { 200: S.Ok },
  }),
  sessions: route({
    method: 'GET',
    path: '/auth/sessions',
    tag: 'Auth',
    summary: 'Open sessions, the last seen first',
    answers: { 200: S.page(S.Session) },
  }),
  revokeSession: route({
    method: 'DELETE',
    path: '/auth/sessions/{id}',
    tag: 'Auth',
    summary: 'End a session: its tokens are refused from the next second on',
    params: Id,
    answers: { 204: null },
    problems: ['session_not_found'],
  }),
  changePassword: route({
    method: 'POST',
    path: '/auth/password',
    tag: 'Auth',
    summary: 'Change the password; every other session ends',
    body: Type.Object({ current: Type.String({ minLength: 1, maxLength: 1024 }), new: NewPassword }, closed),
    answers: { 204: null },
    problems: ['bad_credentials', 'too_many_attempts'],
  }),
  audit: route({
    method: 'GET',
    path: '/auth/audit',
    tag: 'Auth',
    summary: 'Security events of the last 180 days, the newest first',
    description: "One's own; with `all=true` those of everybody (operator).",
    query: query({
      all: Type.Optional(told(Type.Boolean(), 'Of everybody; operators alone.')),
      limit: Limit,
      cursor: Cursor,
    }),
    answers: { 200: S.page(S.SecurityEvent) },
    problems: ['operator_only'],
  }),
  backchannelLogout: route({
    method: 'POST',
    path: '/auth/backchannel-logout',
    tag: 'Auth',
    open: true,
    form: true,
    summary: 'Keycloak tells that a session has ended',
    description:
      'OpenID Connect Back-Channel Logout 1.0, in mode `keycloak`. What the signed token names ends here within a second.',
    body: Type.Object({ logout_token: Type.String({ minLength: 1, maxLength: 8192 }) }, closed),
    answers: { 200: null },
    problems: ['logout_token_invalid', 'not_found'],
  }),
  rotateSigningKeys: route({
    method: 'POST',
    path: '/auth/signing-keys/rotate',
    tag: 'Auth',
    summary: 'Exchange the key that signs access tokens (operator)',
    description:
      'It is exchanged by itself every 90 days. Nobody is signed out: what the old key signed holds until it ends, within 15 minutes.',
    answers: { 200: S.RotatedSigningKeys },
    problems: ['operator_only', 'not_found'],
  }),
  authConfig: route({
    method: 'GET',
    path: '/auth/config',
    tag: 'Auth',
    open: true,
    summary: 'Which log-in, what is on',
    answers: { 200: S.AuthConfig },
  }),
} as const satisfies Record<string, Route>
