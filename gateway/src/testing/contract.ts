import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { openApiDocument } from '../openapi/document.ts'

type Json = Record<string, unknown>
type Media = { schema: Json }
type Response = { $ref?: string; headers?: Json; content?: Record<string, Media> }
type Operation = { operationId: string; responses: Record<string, Response> }
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, Response> }
}

/** What came back: `body` as text. */
export type Answered = { status: number; headers: Headers; body: string }

/** Answered before any call is read; the document tells of them in words. */
const beforeAnyCall: ReadonlySet<number> = new Set([400, 405, 408, 414, 421, 431])

const document = closed(JSON.parse(JSON.stringify(openApiDocument()))) as Document
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document as object, 'document')
const validators = new WeakMap<object, ValidateFunction>()
const patterns = Object.keys(document.paths)
  // What is written out goes before what may be anything.
  .toSorted((a, b) => a.split('{').length - b.split('{').length)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))

/**
 * A shape of ours has the fields that it tells of and no others, which JSON Schema leaves open and a client need not mind.
 * Problems may carry members of their own (RFC 9457).
 */
function closed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => closed(one))
  if (typeof value !== 'object' || value === null || key === 'example' || key === 'value') return value
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closed(part, name)]))
  const isShape = parts['type'] === 'object' && 'properties' in parts && !('additionalProperties' in parts)
  return isShape && key !== 'Problem' ? { ...parts, additionalProperties: false } : parts
}

/**
 * Where an answer is not what the OpenAPI document says: a status or a code that it does not name, another media type, a
 * field that is missing, wrong or unknown. `path` may carry a query. An address of no route has nothing to keep to.
 */
export function contractFaults(method: string, path: string, { status, headers, body }: Answered): string[] {
  const asked = path.split('?')[0] ?? ''
  const found = patterns.find(({ pattern }) => pattern.test(asked))
  const operation = found && document.paths[found.path]?.[method.toLowerCase()]
  if (operation === undefined || beforeAnyCall.has(status)) return []
  const said = operation.responses[status]
  const at = `${operation.operationId} ${status}`
  if (said === undefined) return [`${at}: the document names no such status; it came with ${body.slice(0, 500)}`]
  const response = said.$ref === undefined ? said : document.components.responses[said.$ref.split('/').at(-1) ?? '']
  const [[type, media] = []] = Object.entries(response?.content ?? {})
  if (type === undefined || media === undefined) return body === '' ? [] : [`${at}: a body where the document has none`]
  if (!headers.get('content-type')?.startsWith(type)) {
    return [`${at}: content-type ${headers.get('content-type')}, and the document has ${type}`]
  }
  return type.endsWith('json') ? faults(media.schema, JSON.parse(body)).map((fault) => `${at}: ${fault}`) : []
}

function faults(schema: Json, value: unknown): string[] {
  let validate = validators.get(schema)
  if (validate === undefined) {
    validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as Json)
    validators.set(schema, validate)
  }
  validate(value)
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  )
}
