import { Rest, refuse } from '@pf/contracts'
import type { FastifyInstance } from 'fastify'

export type JsonBounds = { jsonDepth: number; jsonValues: number }

/**
 * The one form: whom it is from is proven by what it holds, and what else it holds is ignored (OpenID Connect Back-Channel
 * Logout 1.0, section 2.5). Elsewhere a form is refused.
 */
export function readLogoutForm(api: FastifyInstance): void {
  const { path } = Rest.routes.backchannelLogout
  api.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (request, body, done) => {
      if (request.routeOptions.url === path) return done(null, logoutForm(body))
      done(refuse('unsupported_media_type', 'Send the body as JSON (content-type: application/json).'), undefined)
    },
  )
}

/** Of two tokens neither is the one that was meant. */
function logoutForm(body: string): { logout_token?: string } {
  const [token, ...others] = new URLSearchParams(body).getAll('logout_token')
  return token === undefined || others.length > 0 ? {} : { logout_token: token }
}

/**
 * Bodies are JSON and nothing else: a form that another site's page posts is never read as a command. A body that is
 * announced and then empty (clients that always send the header) is none. `__proto__` and `constructor.prototype` are
 * refused wherever they stand.
 */
export function readJsonBodies(api: FastifyInstance, bounds: JsonBounds): void {
  api.removeAllContentTypeParsers()
  const parse = api.getDefaultJsonParser('error', 'error')
  api.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    const beyond = beyondBounds(body, bounds)
    if (beyond !== undefined) return done(refuse('invalid_input', beyond), undefined)
    parse(request, body, done)
  })
}

/**
 * What of a JSON text is beyond the bounds, in words. Looked at before it is parsed, in one pass and without a stack:
 * what walks a value afterwards may be recursive.
 */
export function beyondBounds(text: string, { jsonDepth, jsonValues }: JsonBounds): string | undefined {
  let depth = 0
  let values = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (inString) {
      if (character === backslash) at++
      else if (character === quote) inString = false
    } else if (character === quote) inString = true
    else if (character === openBrace || character === openBracket) {
      if (++depth > jsonDepth) return `The JSON is nested deeper than ${jsonDepth}. Send it flatter.`
      values++
    } else if (character === closeBrace || character === closeBracket) depth--
    else if (character === comma && ++values > jsonValues) return tooMany(jsonValues)
  }
  return values > jsonValues ? tooMany(jsonValues) : undefined
}

const tooMany = (bound: number) => `The JSON holds more than ${bound} values. Send less at a time.`

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]
