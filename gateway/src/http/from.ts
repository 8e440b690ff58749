import type { Gateway } from '../gateway.ts'
import type { Call } from './call.ts'

const maxUserAgent = 400
const maxDevice = 128

/** From where the caller speaks, for the owner's list of sessions and security events, and whether they signed in there before. */
export function fromOf(gateway: Gateway, { request }: Call): { address: string; userAgent: string; device?: string } {
  const device = request.cookies[gateway.deviceCookie]
  return {
    address: request.ip,
    userAgent: (request.headers['user-agent'] ?? '').slice(0, maxUserAgent),
    ...(device && device.length <= maxDevice ? { device } : {}),
  }
}
