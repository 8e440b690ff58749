import { Day, Instant, Rest } from '@pf/contracts'
import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from 'graphql'
import type { TSchema } from 'typebox'
import { alternatives, pascal, read, shapeOf } from './json-schema.ts'
import type { Reading } from './reading.ts'
import { DayScalar, InstantScalar, JsonScalar } from './scalars.ts'

export type Fields = GraphQLFieldConfigMap<Record<string, unknown>, Reading>
export type ObjectType = GraphQLObjectType<Record<string, unknown>, Reading>
type Leaf = typeof GraphQLString | GraphQLEnumType

/** A name that would read as something else here: Relay's connections are lists. */
const renamed: Readonly<Record<string, string>> = { Connection: 'BankConnection' }

/**
 * GraphQL's types, made of the shapes that REST answers with: names, descriptions and what may be missing stand in
 * contracts/ alone. A shape that contracts exports has its name there; one that stands inside of another is named after
 * both. `joins` adds to a type what its ids lead to.
 */
export class Shapes {
  readonly #joins: (typeName: string, shape: TSchema) => Fields
  readonly #named = new Map<string, { name: string; description: string | undefined }>()
  readonly #objects = new Map<string, ObjectType>()
  readonly #enums = new Map<string, GraphQLEnumType>()

  constructor(joins: (typeName: string, shape: TSchema) => Fields) {
    this.#joins = joins
    for (const [name, shape] of Object.entries<unknown>(Rest)) {
      if (!isSchema(shape) || this.#named.has(shapeOf(shape))) continue
      this.#named.set(shapeOf(shape), { name: renamed[name] ?? name, description: read(shape).description })
    }
  }

  /** `name` is for what contracts gives none. */
  output(schema: TSchema, name: string, property = ''): { type: GraphQLOutputType; nullable: boolean } {
    const { nullable, parts } = alternatives(schema)
    const [only] = parts
    if (only === undefined) return { type: JsonScalar, nullable: true }
    if (parts.length > 1) return { type: this.#union(parts, name), nullable }
    const { type, properties, items } = read(only)
    if (properties !== undefined) return { type: this.object(only, name), nullable }
    if (type === 'array' && items !== undefined) {
      const item = this.output(items, name, property)
      return { type: new GraphQLList(item.nullable ? item.type : new GraphQLNonNull(item.type)), nullable }
    }
    const leaf = leafOf(only, property)
    return leaf === undefined ? { type: JsonScalar, nullable: true } : { type: leaf, nullable }
  }

  object(schema: TSchema, fallback: string): ObjectType {
    const { name, description } = this.#named.get(shapeOf(schema)) ?? { name: fallback, description: undefined }
    const known = this.#objects.get(name)
    if (known !== undefined) return known
    const type: ObjectType = new GraphQLObjectType({
      name,
      description,
      fields: () => ({ ...this.fields(schema, name), ...this.#joins(name, schema) }),
    })
    this.#objects.set(name, type)
    return type
  }

  /** One field for each property of the shape, marked as what REST says as well. */
  fields(schema: TSchema, owner: string): Fields {
    const { properties = {}, required = [] } = read(schema)
    const fields: Fields = {}
    for (const [property, of] of Object.entries(properties)) {
      const { type, nullable } = this.output(of, `${owner}${pascal(property)}`, property)
      const isThere = required.includes(property) && !nullable
      fields[property] = {
        type: isThere ? new GraphQLNonNull(type) : type,
        description: read(of).description,
        extensions: { rest: true },
      }
    }
    return fields
  }

  /** Of a path or a query. */
  input(schema: TSchema, name: string, property: string): Leaf {
    const { parts } = alternatives(schema)
    const [only] = parts
    const leaf = parts.length > 1 ? this.#union(parts, name) : only && leafOf(only, property)
    if (leaf === undefined || leaf === JsonScalar) {
      throw new TypeError(`Parameter ${property} is no single value: GraphQL has no type for it yet (shapes.ts).`)
    }
    return leaf as Leaf
  }

  #union(parts: readonly TSchema[], name: string) {
    const values = parts.map((part) => read(part).const)
    const names = values.map((value) => (typeof value === 'string' ? enumName(value) : ''))
    if (names.every((value) => /^[_A-Za-z]\w*$/.test(value))) return this.#enum(values as string[], name)
    return values.every((value) => typeof value === 'string') ? GraphQLString : JsonScalar
  }

  #enum(values: readonly string[], fallback: string): GraphQLEnumType {
    const key = JSON.stringify(values)
    const known = this.#enums.get(key)
    if (known !== undefined) return known
    const shape = JSON.stringify({ anyOf: values.map((value) => ({ type: 'string', const: value })) })
    const type = new GraphQLEnumType({
      name: this.#named.get(shape)?.name ?? fallback,
      values: Object.fromEntries(values.map((value) => [enumName(value), { value }])),
    })
    this.#enums.set(key, type)
    return type
  }
}

const isSchema = (value: unknown): value is TSchema =>
  typeof value === 'object' && value !== null && ('type' in value || 'anyOf' in value)

/** REST's own word, where GraphQL's grammar lets it be one: `-date` is `date_desc`. */
const enumName = (value: string): string => (value.startsWith('-') ? `${value.slice(1)}_desc` : value)

const day = shapeOf(Day)
const instant = shapeOf(Instant)

function leafOf(schema: TSchema, property: string) {
  switch (read(schema).type) {
    case 'string':
      if (shapeOf(schema) === day) return DayScalar
      if (shapeOf(schema) === instant) return InstantScalar
      return /(^|_)ids?$/.test(property) ? GraphQLID : GraphQLString
    case 'integer':
      return GraphQLInt
    case 'number':
      return GraphQLFloat
    case 'boolean':
      return GraphQLBoolean
    default:
      return undefined
  }
}
