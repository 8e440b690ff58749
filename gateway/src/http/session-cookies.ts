import type { OutputOf, Rest, requests } from '@pf/contracts'
import type { Gateway } from '../gateway.ts'
import { type Call, prefixOf } from './call.ts'

type Tokens = OutputOf<typeof requests.auth.login>

/** The refresh token goes into a cookie that no script reads; the answer holds the access token alone. */
export function giveSession(gateway: Gateway, call: Call, tokens: Tokens): Rest.AccessToken {
  const { access_token, expires_in, refresh_token, refresh_expires_in } = tokens
  call.reply.setCookie(gateway.refreshCookie, refresh_token, { ...cookie(gateway, call), maxAge: refresh_expires_in })
  return { access_token, expires_in }
}

export function clearSession(gateway: Gateway, call: Call): void {
  call.reply.clearCookie(gateway.refreshCookie, cookie(gateway, call))
}

const cookie = (gateway: Gateway, call: Call) => ({
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: gateway.secure,
  path: `${prefixOf(call.request)}/auth`,
})
