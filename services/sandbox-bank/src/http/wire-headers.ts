import type { FastifyReply } from 'fastify'
import type { HeaderSpelling } from '../application/switches.ts'

/** Seen on every answer (gocardless.md §1); the ids stand for our company and its user. */
const SEEN: Readonly<Record<string, string>> = {
  vary: 'Accept, Accept-Language, Cookie',
  'x-c-uuid': '5a6c0f0e-0000-4000-8000-000000000001',
  'x-u-uuid': '5a6c0f0e-0000-4000-8000-000000000002',
}
const LIMIT_PREFIX = 'http_x_ratelimit_'

/** Adds what is missing: what an answer or a fault says itself stays. */
export function addHeaders(reply: FastifyReply, ...sets: Readonly<Record<string, string>>[]): void {
  for (const [name, value] of [SEEN, ...sets].flatMap((headers) => Object.entries(headers))) {
    if (!reply.hasHeader(name)) reply.header(name, value)
  }
}

/** The rate-limit headers as this wire, or a proxy in between, spells them (§6). */
export function spellLimits(reply: FastifyReply, spelling: HeaderSpelling): void {
  if (spelling === 'underscores') return
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (!name.startsWith(LIMIT_PREFIX)) continue
    reply.removeHeader(name)
    if (spelling === 'dropped' || value === undefined) continue
    const dashed = name.replaceAll('_', '-')
    reply.header(spelling === 'dashes' ? dashed : dashed.replace(/^http-/, ''), value)
  }
}
