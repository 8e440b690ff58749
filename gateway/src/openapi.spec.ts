import { Rest } from '@pf/contracts'
import { openApiDocument } from './openapi.ts'

type Parameter = { name: string; in: string; required: boolean; schema: object }
type Operation = {
  operationId: string
  security: object[]
  parameters: Parameter[]
  requestBody?: { content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: object }

// As a client reads it: over JSON, where symbols and undefined are gone.
const document = JSON.parse(JSON.stringify(openApiDocument('http://localhost:8000'))) as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)
const routes = Object.entries(Rest.routes) as [string, Rest.Route][]

/** Every value in the document, with its JSON pointer. */
function* walk(value: unknown, pointer = '#'): Generator<[string, unknown]> {
  yield [pointer, value]
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    yield* walk(part, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}

describe('the OpenAPI document', () => {
  it('is version 3.1 and knows every route once, under its own name', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    const found = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`)
    expect(found.toSorted()).toEqual(
      routes.map(([name, { method, path }]) => `${name} ${method.toLowerCase()} ${path}`).toSorted(),
    )
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
  })

  it('has no two paths that differ in the names of their parameters alone', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'))
    expect(new Set(shapes).size).toBe(shapes.length)
  })

  it('declares each parameter of a path, required, and no other', () => {
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path')
      expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath])
      expect(declared.every(({ required }) => required)).toBe(true)
    }
  })

  it('declares a parameter once, with a schema', () => {
    for (const { operation } of operations) {
      const keys = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`)
      expect(new Set(keys).size).toBe(keys.length)
      for (const { schema } of operation.parameters) expect(Object.keys(schema)).not.toEqual([])
    }
  })

  it('refers to nothing that is not there', () => {
    const places = new Map(walk(document))
    const references = [...places].filter(([pointer]) => pointer.endsWith('/$ref')).map(([, to]) => String(to))
    expect(references.length).toBeGreaterThan(0)
    expect(references.filter((to) => !places.has(to))).toEqual([])
    const schemes = Object.keys((document.components as { securitySchemes: object }).securitySchemes)
    const used = operations.flatMap(({ operation }) => operation.security.flatMap((one) => Object.keys(one)))
    expect(used.filter((scheme) => !schemes.includes(scheme))).toEqual([])
  })

  it('says of each operation what it answers, in words, by a status that exists', () => {
    for (const { operation } of operations) {
      expect(Object.keys(operation.responses).every((status) => /^([2-5]\d\d|default)$/.test(status))).toBe(true)
      expect(Object.keys(operation.responses).some((status) => /^[23]/.test(status))).toBe(true)
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
    }
  })

  it('asks for a token wherever the route is not open', () => {
    const open = operations.filter(({ operation }) => operation.security.length === 0)
    expect(open.map(({ operation }) => operation.operationId).toSorted()).toEqual(
      routes.flatMap(([name, { open: isOpen }]) => (isOpen ? [name] : [])).toSorted(),
    )
  })

  it('takes a body and an Idempotency-Key with POST, and neither with GET', () => {
    for (const { method, operation } of operations) {
      const hasKey = operation.parameters.some(({ name }) => name === 'Idempotency-Key')
      expect([operation.operationId, hasKey]).toEqual([operation.operationId, method === 'post'])
      if (method === 'get') expect(operation.requestBody).toBeUndefined()
    }
  })

  it('says of the live notices that they are a stream of events', () => {
    const answer = document.paths['/events']?.['get']?.responses['200']
    expect(Object.keys(answer?.content ?? {})).toEqual(['text/event-stream'])
  })

  it('holds schemas in plain JSON Schema: no keyword that is unknown there', () => {
    const keywords = new Set(
      `$ref type properties required additionalProperties items anyOf const enum pattern patternProperties minLength
      maxLength minimum maximum minItems maxItems default description`.split(/\s+/),
    )
    const strange = [...walk(document)].flatMap(([pointer, value]) => {
      const isSchema = /\/(schema|items|anyOf\/\d+|properties\/[^/]+|schemas\/[^/]+)$/.test(pointer)
      if (!isSchema || typeof value !== 'object' || value === null || Array.isArray(value)) return []
      return Object.keys(value).flatMap((keyword) => (keywords.has(keyword) ? [] : [`${pointer}: ${keyword}`]))
    })
    expect(strange).toEqual([])
  })
})
