import type { OutputOf, Rest, requests } from '@pf/contracts'
import type { Gateway } from '../gateway.ts'
import { type Call, prefixOf } from './call.ts'

type Tokens = OutputOf<typeof requests.auth.login>
/** As long as browsers keep a cookie at most; each log-in begins it anew. */
const deviceLifeSeconds = 400 * 24 * 3600

/** Refresh token and device go into cookies that no script reads; the answer holds the access token alone. */
export function giveSession(gateway: Gateway, call: Call, tokens: Tokens): Rest.AccessToken {
  const { access_token, expires_in, refresh_token, refresh_expires_in, device } = tokens
  call.reply.setCookie(gateway.refreshCookie, refresh_token, { ...cookie(gateway, call), maxAge: refresh_expires_in })
  if (device !== undefined) {
    call.reply.setCookie(gateway.deviceCookie, device, { ...cookie(gateway, call), maxAge: deviceLifeSeconds })
  }
  return { access_token, expires_in }
}

/** It outlives the session: that is what it is for. */
export function forgetDevice(gateway: Gateway, call: Call): void {
  call.reply.clearCookie(gateway.deviceCookie, cookie(gateway, call))
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
