import { readFileSync } from 'node:fs'
import { Rest } from '@pf/contracts'
import { operation } from './operation.ts'
import { problemExamples, sharedResponses } from './problems.ts'
import { components } from './schemas.ts'

const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
const { version } = JSON.parse(manifest) as { version: string }

export type Server = { url: string; description: string }

/** Where an installation answers as it comes; the served document names the way on which it was reached. */
const usual: readonly Server[] = [
  { url: 'http://localhost:8000', description: "The API's own port" },
  { url: 'http://localhost:3000/api', description: "The web's origin" },
]

const about = `Numbers you can prove, mistakes you can always take back.

- **JSON** in snake_case. Money is \`{"amount": "-12.34", "currency": "GBP"}\`: a decimal string, debit negative. Days are \`YYYY-MM-DD\` in the account's zone, instants RFC 3339 in UTC, ids and log positions opaque.
- **Lists** are \`{"items": […], "next_cursor"?: "…"}\`.
- **Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`. What is another user's is not there: 404.
- **Commands** answer when their own read model shows them; where that takes over 2 s with 202 and \`Log-Position\`, which a GET may carry to wait for it. \`Idempotency-Key\` makes a repeated POST have one effect.
- **GETs** have entity tags: \`If-None-Match\` is answered with 304.
- **Before any call is read**, as a problem too: 400 \`malformed_request\`, 408 \`request_too_slow\`, 414 \`url_too_long\`, 421 \`wrong_host\`, 431 \`headers_too_large\`.`

/** The OpenAPI 3.1 document of all routes: TypeBox schemas are JSON Schema, so they stand here as they are. */
export function openApiDocument(servers: readonly Server[] = usual): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [name, route] of Object.entries(Rest.routes) as [Rest.RouteName, Rest.Route][]) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operation(name, route)
    paths[route.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Personal Finances',
      version,
      description: about,
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers,
    tags: Object.entries(Rest.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes,
      parameters,
      headers,
      schemas: components(),
      responses: sharedResponses(),
      examples: problemExamples(),
    },
  }
}

const securitySchemes = {
  session_token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: '`access_token` of POST /auth/login or POST /auth/refresh; it lasts 15 minutes.',
  },
  api_token: {
    type: 'http',
    scheme: 'bearer',
    description: 'A personal API token, for scripts: what its scopes allow, until it is revoked.',
  },
  refresh_cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'refresh_token',
    description:
      'Set by log-in, rotated by refresh. HttpOnly, SameSite=Strict; on ports of your own `refresh_token_<port>`.',
  },
}

const parameters = {
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'One key, one effect: a repeat answers what the first brought about.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
    example: '5f0c6b1e-8a2f-4b57-9d0e-6a0c1f3f2f11',
  },
  'Log-Position': {
    name: 'Log-Position',
    in: 'header',
    description: 'Waits (at most 5 s) until the answer holds everything up to this position.',
    schema: { type: 'string', maxLength: 256 },
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: '`ETag` of an answer that you have: 304 where it is still the same.',
    schema: { type: 'string' },
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    description: '`id` of the last notice that was read: what came after it is sent first.',
    schema: { type: 'string' },
  },
}

const text = (description: string) => ({ description, schema: { type: 'string' } })
const headers = {
  ETag: text('Tells this answer apart; for `If-None-Match`.'),
  Location: text('Where the browser goes on.'),
  'Log-Position': text('What a GET may carry to wait until it shows this.'),
  'Retry-After': { description: 'Seconds after which it may be tried again.', schema: { type: 'integer' } },
  'Set-Cookie': text('HttpOnly; no script reads it.'),
  'WWW-Authenticate': text('`Bearer`'),
}
