import { Rest } from '@pf/contracts'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { openApiDocument } from './document.ts'

type Media = { schema: object; example?: unknown; examples?: Record<string, object> }
type Answer = { $ref?: string; description: string; content?: Record<string, Media> }
type Parameter = { $ref?: string; name: string; in: string; required?: boolean; schema: object; description?: string }
type Operation = {
  operationId: string
  tags: string[]
  security: Record<string, string[]>[]
  parameters: Parameter[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, Answer>
}
type Document = {
  openapi: string
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
  components: Record<'securitySchemes' | 'parameters' | 'schemas' | 'responses' | 'examples', Record<string, object>>
}

// As a client reads it: over JSON, where symbols and undefined are gone.
const document = JSON.parse(JSON.stringify(openApiDocument())) as Document
const places = new Map(walk(document))
const resolved = <T extends { $ref?: string }>(value: T): T =>
  value.$ref === undefined ? value : (places.get(value.$ref) as T)
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    path,
    method,
    operation: {
      ...operation,
      parameters: operation.parameters.map(resolved),
      responses: Object.fromEntries(Object.entries(operation.responses).map(([at, one]) => [at, resolved(one)])),
    },
  })),
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

const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, 'document')

/** Faults of a value by a schema of the document. */
function faults(schema: object, value: unknown): string[] {
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object)
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

describe('the OpenAPI document', () => {
  it('is one by the official schema of OpenAPI 3.1', async () => {
    const said = await new Validator({ strict: false }).validate(structuredClone(document))
    expect(said).toMatchObject({ valid: true })
    const wrong = await new Validator({ strict: false }).validate({ ...structuredClone(document), paths: 1 })
    expect(wrong.valid).toBe(false)
  })

  it('is version 3.1 and knows every route once, under its own name and a tag that is explained', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    const found = operations.map(({ path, method, operation }) => `${operation.operationId} ${method} ${path}`)
    expect(found.toSorted()).toEqual(
      routes.map(([name, { method, path }]) => `${name} ${method.toLowerCase()} ${path}`).toSorted(),
    )
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
    const tags = document.tags.map(({ name }) => name)
    expect(operations.flatMap(({ operation }) => operation.tags).filter((tag) => !tags.includes(tag))).toEqual([])
    expect(tags.filter((tag) => !operations.some(({ operation }) => operation.tags.includes(tag)))).toEqual([])
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

  it('declares a parameter once, with a schema and in words', () => {
    for (const { operation } of operations) {
      const keys = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name.toLowerCase()}`)
      expect(new Set(keys).size).toBe(keys.length)
      for (const { name, schema, description } of operation.parameters) {
        expect([operation.operationId, name, Object.keys(schema).length > 0, (description ?? '') !== '']).toEqual([
          operation.operationId,
          name,
          true,
          true,
        ])
      }
    }
  })

  it('refers to nothing that is not there, and keeps nothing that is not referred to', () => {
    const references = [...places].filter(([pointer]) => pointer.endsWith('/$ref')).map(([, to]) => String(to))
    expect(references.length).toBeGreaterThan(0)
    expect(references.filter((to) => !places.has(to))).toEqual([])
    const named = ['parameters', 'responses', 'schemas'] as const
    const unused = named.flatMap((kind) =>
      Object.keys(document.components[kind]).map((name) => `#/components/${kind}/${name}`),
    )
    // What GET /events sends is text to OpenAPI; its notices are read by name.
    expect(unused.filter((to) => !references.includes(to))).toEqual(['#/components/schemas/Notice'])
    const schemes = Object.keys(document.components.securitySchemes)
    const used = operations.flatMap(({ operation }) => operation.security.flatMap((one) => Object.keys(one)))
    expect(used.filter((scheme) => !schemes.includes(scheme))).toEqual([])
  })

  it('says of each operation what it answers, in words, by a status that exists', () => {
    for (const { operation } of operations) {
      expect(Object.keys(operation.responses).every((status) => /^[2-5]\d\d$/.test(status))).toBe(true)
      expect(Object.keys(operation.responses).some((status) => /^[23]/.test(status))).toBe(true)
      for (const { description } of Object.values(operation.responses)) expect(description).not.toBe('')
    }
  })

  it.each(operations.map((one) => [one.operation.operationId, one.operation] as const))(
    '%s has an example of its body, of each success and of each error, and all are as their schemas say',
    (_name, { requestBody, responses }) => {
      const json = Object.values(requestBody?.content ?? {}).filter(({ example }) => example !== undefined)
      if (requestBody?.content['application/json']) expect(json).toHaveLength(1)
      const answers = Object.entries(responses).flatMap(([status, { content }]) =>
        Object.entries(content ?? {}).map(([type, media]) => ({ status, type, media })),
      )
      expect(answers.filter(({ status }) => status >= '400').length).toBeGreaterThanOrEqual(2)
      for (const { example, schema } of json) expect(faults(schema, example)).toEqual([])
      for (const { status, type, media } of answers) {
        const shown = media.examples
          ? Object.values(media.examples).map((one) => (resolved(one) as { value?: unknown }).value)
          : [media.example]
        for (const example of shown) {
          expect([status, type, example === undefined]).toEqual([status, type, false])
          expect([status, faults(media.schema, example)]).toEqual([status, []])
        }
      }
    },
  )

  it('asks for a token wherever the route is not open', () => {
    const open = operations.filter(({ operation }) => !operation.security.some((one) => 'session_token' in one))
    const either = routes.filter(([, { cookie }]) => cookie === 'either').map(([name]) => name)
    expect([...open.map(({ operation }) => operation.operationId), ...either].toSorted()).toEqual(
      routes.flatMap(([name, { open: isOpen }]) => (isOpen ? [name] : [])).toSorted(),
    )
  })

  it('takes an Idempotency-Key with POST but for log-in, and no body with GET', () => {
    for (const { path, method, operation } of operations) {
      const hasKey = operation.parameters.some(({ name }) => name === 'Idempotency-Key')
      expect([path, hasKey]).toEqual([path, method === 'post' && !path.startsWith('/auth/')])
      if (method === 'get') expect(operation.requestBody).toBeUndefined()
    }
  })

  it('says of the live notices that they are a stream of events', () => {
    const answer = document.paths['/events']?.['get']?.responses['200']
    expect(Object.keys(answer?.content ?? {})).toEqual(['text/event-stream'])
  })

  it('holds schemas in plain JSON Schema: no keyword that is unknown there', () => {
    const keywords = new Set(
      `$ref type properties required additionalProperties items anyOf const enum pattern patternProperties minProperties minLength
      maxLength minimum maximum minItems maxItems default description contentMediaType`.split(/\s+/),
    )
    const strange = [...places].flatMap(([pointer, value]) => {
      const isSchema = /\/(schema|items|anyOf\/\d+|properties\/[^/]+|schemas\/[^/]+)$/.test(pointer)
      const isExample = /\/(example|examples|value)\//.test(pointer)
      if (!isSchema || isExample || typeof value !== 'object' || value === null || Array.isArray(value)) return []
      return Object.keys(value).flatMap((keyword) => (keywords.has(keyword) ? [] : [`${pointer}: ${keyword}`]))
    })
    expect(strange).toEqual([])
  })
})
