import type { TSchema } from 'typebox'

/** A TypeBox schema, read as the JSON Schema that it is. */
export type JsonSchema = {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly required?: readonly string[]
  readonly items?: TSchema
  readonly anyOf?: readonly TSchema[]
  readonly minimum?: number
  readonly maximum?: number
}

export const read = (schema: TSchema): JsonSchema => schema as JsonSchema

/** What a schema allows, whatever is said about it: two with one shape are one type. */
export function shapeOf(schema: TSchema): string {
  const {
    description: _,
    title: __,
    examples: ___,
    default: ____,
    $id: _____,
    ...shape
  } = schema as Record<string, unknown>
  return JSON.stringify(shape)
}

/** Its parts without `null`, and whether that was one of them; unions within unions are laid flat. */
export function alternatives(schema: TSchema): { nullable: boolean; parts: TSchema[] } {
  const { anyOf, type } = read(schema)
  if (type === 'null') return { nullable: true, parts: [] }
  if (anyOf === undefined) return { nullable: false, parts: [schema] }
  const below = anyOf.map(alternatives)
  return { nullable: below.some(({ nullable }) => nullable), parts: below.flatMap(({ parts }) => parts) }
}

/** `account_id` → `AccountId`. */
export const pascal = (name: string): string =>
  name.replaceAll(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase())
