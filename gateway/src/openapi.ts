import { Rest } from '@pf/contracts'
import type { TObject } from 'typebox'

const problem = { $ref: '#/components/schemas/Problem' }
const problemContent = { 'application/problem+json': { schema: problem } }

/** The OpenAPI 3.1 document of all routes: TypeBox schemas are JSON Schema, so they stand here as they are. */
export function openApiDocument(apiUrl: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [operationId, route] of Object.entries(Rest.routes) as [string, Rest.Route][]) {
    const operations = paths[route.path] ?? {}
    operations[route.method.toLowerCase()] = operation(operationId, route)
    paths[route.path] = operations
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Personal Finances',
      version: '0.1.0',
      description: 'Numbers you can prove, mistakes you can always take back.',
      license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
    },
    servers: [{ url: apiUrl }, { url: '/api' }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: Rest.Problem },
    },
  }
}

function operation(operationId: string, route: Rest.Route): object {
  const body = route.upload
    ? { requestBody: { required: true, content: { 'multipart/form-data': { schema: statementForm } } } }
    : route.body && { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }
  return {
    operationId,
    tags: [route.tag],
    summary: route.summary,
    security: route.open ? [] : [{ token: [] }],
    parameters: [
      ...parameters('path', route.params),
      ...parameters('query', route.query),
      ...(route.method === 'POST' ? [idempotencyKey] : []),
      ...(route.method === 'GET' && !route.open ? [logPosition] : []),
    ],
    ...body,
    responses: { ...answers(route), ...problems(route) },
  }
}

const text = { type: 'string' }
const statementForm = {
  type: 'object',
  required: ['file'],
  properties: {
    file: { ...text, description: 'CSV, OFX, QFX, QIF, CAMT.053 or MT940; at most 50 MB' },
    account_id: { ...text, description: 'Whose it is, where the file does not say so itself' },
    new_account: { ...text, description: 'JSON: {"name", "currency", "kind"?, "institution"?}' },
    mapping: { ...text, description: 'JSON: how the columns of a CSV are to be read' },
    dry_run: { ...text, description: '`true`: say what would be done and do nothing' },
    part: { ...text, description: 'Which of the accounts, from 0, of a file that tells of several' },
  },
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'One key, one effect: a repeat answers what the first brought about.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
}
const logPosition = {
  name: 'Log-Position',
  in: 'header',
  required: false,
  description: 'Waits (at most 5 s) until the answer holds everything up to this position.',
  schema: { type: 'string' },
}

function parameters(place: 'path' | 'query', schema: TObject | undefined): object[] {
  if (schema === undefined) return []
  const required: readonly string[] = schema.required ?? []
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: property,
  }))
}

const stream = {
  description: 'Notices as server-sent events (`event: notice`, `event: reset`); `Last-Event-ID` resumes',
  content: { 'text/event-stream': { schema: { type: 'string' } } },
}

function answers(route: Rest.Route): Record<string, object> {
  if (route === Rest.routes.events) return { 200: stream }
  const result: Record<string, object> = {}
  for (const [status, schema] of Object.entries(route.answers)) {
    result[status] = schema
      ? { description: route.summary, content: { 'application/json': { schema } } }
      : { description: route.summary }
  }
  if (route.method !== 'GET' && !route.open && !('202' in result)) {
    result['202'] = { description: 'Done, but not yet in every answer: carry the header Log-Position to wait for it' }
  }
  return result
}

function problems(route: Rest.Route): Record<string, object> {
  const named = route.problems?.length ? `Problem (${route.problems.join(', ')})` : 'Problem'
  return {
    ...(route.open ? {} : { 401: { description: 'No token, or not a valid one', content: problemContent } }),
    ...(route.params ? { 404: { description: 'Not there, or not yours', content: problemContent } } : {}),
    default: { description: named, content: problemContent },
  }
}
