import { Rest } from '@pf/contracts'
import { examples, type RouteExample } from '@pf/contracts/examples'
import type { TObject } from 'typebox'
import { neededScope } from '../http/scopes.ts'
import { problemResponses } from './problems.ts'
import { documented } from './schemas.ts'

const header = (name: string) => ({ $ref: `#/components/headers/${name}` })
const parameter = (name: string) => ({ $ref: `#/components/parameters/${name}` })

/** One operation of the document, all of it made of its route and the route's examples. */
export function operation(name: Rest.RouteName, route: Rest.Route): object {
  const example: RouteExample = examples[name]
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: securityOf(route),
    parameters: parametersOf(route, example),
    ...requestBody(route, example),
    responses: { ...answersOf(route, example), ...problemResponses(route) },
  }
}

function securityOf(route: Rest.Route): object[] {
  const { open, cookie } = route
  if (cookie === 'refresh') return [{ refresh_cookie: [] }]
  if (cookie === 'either') return [{ session_token: [] }, { refresh_cookie: [] }, {}]
  if (open) return []
  const scope = neededScope(route)
  return scope === 'session' ? [{ session_token: [] }] : [{ session_token: [] }, { api_token: [scope] }]
}

function parametersOf(route: Rest.Route, example: RouteExample): object[] {
  const isGet = route.method === 'GET'
  return [
    ...schemaParameters('path', route.params, example.params),
    ...schemaParameters('query', route.query, example.query),
    ...(route.method === 'POST' && !route.path.startsWith('/auth/') ? [parameter('Idempotency-Key')] : []),
    ...(isGet && !route.open && !isStream(route) ? [parameter('Log-Position')] : []),
    ...(isGet && hasDocument(route) ? [parameter('If-None-Match')] : []),
    ...(isStream(route) ? [parameter('Last-Event-ID')] : []),
  ]
}

function schemaParameters(place: 'path' | 'query', schema: TObject | undefined, example: object = {}): object[] {
  if (schema === undefined) return []
  const required: readonly string[] = schema.required ?? []
  return Object.entries(schema.properties).map(([name, property]) => {
    const { description, ...rest } = documented(property) as Record<string, unknown>
    const shown = (example as Record<string, unknown>)[name]
    return {
      name,
      in: place,
      required: required.includes(name),
      description,
      schema: rest,
      ...(shown === undefined ? {} : { example: shown }),
    }
  })
}

const formMedia = 'application/x-www-form-urlencoded'

function requestBody({ body, form: encoded, upload }: Rest.Route, { body: example }: RouteExample): object {
  if (body === undefined) return {}
  const schema = documented(body)
  if (!upload) {
    const required = (body.required ?? []).length > 0
    return { requestBody: { required, content: { [encoded ? formMedia : 'application/json']: { schema, example } } } }
  }
  const file = { type: 'string', contentMediaType: 'application/octet-stream', description: uploaded }
  const form = {
    type: 'object',
    required: ['file'],
    properties: { file, ...body.properties },
    additionalProperties: false,
  }
  // Parts that are objects go as JSON, which is what OpenAPI has them do unless told otherwise.
  return { requestBody: { required: true, content: { 'multipart/form-data': { schema: documented(form) } } } }
}
const uploaded = 'CSV, OFX, QFX, QIF, CAMT.053 or MT940; at most 50 MB'

const isStream = (route: Rest.Route) => route.media === 'text/event-stream'
const hasDocument = (route: Rest.Route) => Object.values(route.answers).some((answer) => answer !== null)

function answersOf(route: Rest.Route, { answers }: RouteExample): Record<string, object> {
  const [first] = Object.values(route.answers)
  const result: Record<string, object> = Object.fromEntries(
    Object.entries(route.answers).map(([status, schema]) => [
      status,
      {
        description: route.summary,
        ...headersOf(route, Number(status)),
        ...content(route, schema, answers[Number(status)]),
      },
    ]),
  )
  if (route.method === 'GET' && hasDocument(route))
    result['304'] = { description: 'As the entity tag says you know it' }
  if (route.mayLag && result['202'] === undefined) {
    result['202'] = {
      description: 'Done, but not yet in every answer: a GET that carries this Log-Position waits for it',
      headers: { 'Log-Position': header('Log-Position') },
      ...content(route, first ?? null, answers[Number(Object.keys(route.answers)[0])]),
    }
  }
  return result
}

function content(route: Rest.Route, schema: object | null, example: unknown): object {
  if (schema === null && route.media === undefined) return {}
  if (schema === null) return { content: bytesOf(route, example) }
  return { content: { [route.media ?? 'application/json']: { schema: documented(schema), example } } }
}

/** What is no JSON; the example is of the first type, as a reader sees it. */
function bytesOf({ media = '' }: Rest.Route, example: unknown): object {
  const types = media.split(', ')
  const schema = { type: 'string' }
  return Object.fromEntries(types.map((type, n) => [type, { schema, example: n === 0 ? example : 'bytes' }]))
}

function headersOf(route: Rest.Route, status: number): object {
  const names = [
    ...(route.method === 'GET' && hasDocument(route) ? ['ETag'] : []),
    ...(route.mayLag && status === 202 ? ['Log-Position'] : []),
    ...(status === 302 ? ['Location'] : []),
    ...(route.setsCookie ? ['Set-Cookie'] : []),
  ]
  return names.length === 0 ? {} : { headers: Object.fromEntries(names.map((name) => [name, header(name)])) }
}
