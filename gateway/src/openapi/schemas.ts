import { Rest } from '@pf/contracts'

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What tells a shape: everything but its description, as JSON has it (TypeBox's own marks are no part of that). */
function textOf(schema: object): string {
  const { description: _, ...rest } = JSON.parse(JSON.stringify(schema)) as Json
  return JSON.stringify(rest)
}

/** Every shape that the contract exports under a name; what it says of queries and forms stands with their routes. */
const shapes = Object.entries(Rest).flatMap(([name, value]) => {
  const isShape = isObject(value) && ('properties' in value || 'anyOf' in value)
  return isShape && !/(Query|Filter|Form)$/.test(name) ? [[name, value] as const] : []
})
const names = new Map(shapes.map(([name, shape]) => [textOf(shape), name]))

/** `#/components/schemas`: each named shape, referring to the others. */
export function components(): Record<string, object> {
  return Object.fromEntries(shapes.map(([name, shape]) => [name, parts(shape)]))
}

/** A schema as the document has it: named shapes are referred to, what may be one of several words is an `enum`. */
export function documented(schema: unknown): object {
  const name = isObject(schema) ? names.get(textOf(schema)) : undefined
  if (name === undefined) return parts(schema)
  const reference = { $ref: `#/components/schemas/${name}` }
  const { description } = schema as Json
  const own = (Rest as unknown as Record<string, Json>)[name]?.['description']
  return description === undefined || description === own ? reference : { ...reference, description }
}

function parts(schema: unknown): object {
  if (Array.isArray(schema)) return schema.map(part)
  const said = Object.fromEntries(Object.entries(schema as Json).map(([key, value]) => [key, part(value)]))
  const { anyOf, ...rest } = said
  const words = Array.isArray(anyOf)
    ? anyOf.map((one: Json) => (one['type'] === 'string' ? one['const'] : undefined))
    : []
  return words.length > 0 && words.every((word) => word !== undefined) ? { type: 'string', enum: words, ...rest } : said
}

const part = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(part) : isObject(value) ? documented(value) : value
