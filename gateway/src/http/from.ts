import type { FastifyRequest } from 'fastify'
import type { Call } from './call.ts'

const maxUserAgent = 400
const maxDevice = 128

/** From where the caller speaks, for the owner's list of sessions and security events. */
export type Speaker = { address: string; userAgent: string }

export function speakerOf(request: FastifyRequest): Speaker {
  return { address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, maxUserAgent) }
}

/** The same, and whether they signed in there before: a cookie of this name says so. */
export function fromOf(
  { deviceCookie }: { readonly deviceCookie: string },
  { request }: Call,
): Speaker & { device?: string } {
  const device = request.cookies[deviceCookie]
  return { ...speakerOf(request), ...(device && device.length <= maxDevice ? { device } : {}) }
}
