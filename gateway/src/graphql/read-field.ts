import { Rest } from '@pf/contracts'
import { type GraphQLFieldConfig, type GraphQLFieldConfigArgumentMap, GraphQLNonNull } from 'graphql'
import { type TObject, type TSchema, Type } from 'typebox'
import type { Ask } from '../compose/ask.ts'
import { type ReadName, reads } from '../compose/reads.ts'
import { InvalidRequest } from '../http/problem.ts'
import { assertScope, neededScope } from '../http/scopes.ts'
import { validated } from '../http/validate.ts'
import { pascal, read } from './json-schema.ts'
import { itemOf, type Lists, maxOf, pageArguments } from './lists.ts'
import { cut, defaultPage, type ListAnswer, turn } from './pages.ts'
import type { Reading } from './reading.ts'
import type { Shapes } from './shapes.ts'

type Source = Record<string, unknown>
export type Field = GraphQLFieldConfig<Source, Reading>
type Arguments = Readonly<Record<string, unknown>>

/** Parameters of a route that the thing itself gives, by its property: an account's `id` is its transactions' `account_id`. */
export type Bound = Readonly<Record<string, string>>

const nothing = Type.Object({})
const answerOf = (route: Rest.Route): TSchema => route.answers[200] ?? nothing
/** Every entry of `reads` takes what its own route says: `asked` below is checked against that. */
const readOf = (name: ReadName) =>
  reads[name] as (ask: Ask, asked: { params: object; query: object }) => Promise<object>

/** Makes a field of a route's answer: its parameters are the route's, checked as REST checks them. */
export class ReadFields {
  readonly #shapes: Shapes
  readonly #lists: Lists

  constructor(shapes: Shapes, lists: Lists) {
    this.#shapes = shapes
    this.#lists = lists
  }

  /** `null` and an error of REST's code where it is refused, so that what stands beside it is answered all the same. */
  of(name: ReadName, bound: Bound = {}): Field {
    const route: Rest.Route = Rest.routes[name]
    const answer = answerOf(route)
    const item = itemOf(answer)
    const type = item ? this.#lists.connection(answer, item, name) : this.#shapes.object(answer, pascal(name))
    const pages = item === undefined ? {} : pageArguments(item)
    return {
      type,
      description: route.summary,
      args: { ...this.#arguments(name, route, bound), ...pages },
      extensions: { requests: 1, ...(item ? { paged: true } : {}) },
      resolve: (source, args, { ask, principal }) => {
        // A field must not tell an API token what its route would not.
        assertScope(principal, neededScope(route))
        const given = { ...boundOf(source, bound), ...args }
        const params = parameters('params', route.params, given)
        if (item === undefined) return readOf(name)(ask, { params, query: parameters('query', route.query, given) })
        const wanted = wantedOf(args, maxOf(item))
        const list = (page: object) => {
          const query = parameters('query', route.query, { ...given, ...page })
          return readOf(name)(ask, { params, query }) as Promise<ListAnswer>
        }
        if (!isPaged(route)) return list({}).then((whole) => cut(whole, wanted))
        return turn((cursor, limit) => list({ cursor, limit }), wanted)
      },
    }
  }

  #arguments(name: string, route: Rest.Route, bound: Bound): GraphQLFieldConfigArgumentMap {
    const made: GraphQLFieldConfigArgumentMap = {}
    for (const part of [route.params, route.query]) {
      for (const [parameter, schema] of Object.entries(part?.properties ?? {})) {
        if (parameter in bound || (isPaged(route) && ['limit', 'cursor'].includes(parameter))) continue
        const { default: preset, description } = read(schema)
        const type = this.#shapes.input(schema, `${pascal(name)}${pascal(parameter)}`, parameter)
        const isNeeded = part?.required?.includes(parameter) ?? false
        made[parameter] = {
          type: isNeeded ? new GraphQLNonNull(type) : type,
          description,
          ...(preset === undefined ? {} : { defaultValue: preset }),
        }
      }
    }
    return made
  }
}

const isPaged = (route: Rest.Route): boolean => route.query?.properties['cursor'] !== undefined

const boundOf = (source: Source, bound: Bound): Source =>
  Object.fromEntries(Object.entries(bound).map(([parameter, property]) => [parameter, source[property]]))

/** What is null was not said. Throws InvalidRequest. */
function parameters(part: 'params' | 'query', schema: TObject | undefined, given: Source): object {
  if (schema === undefined) return {}
  const said = Object.entries(given).filter(([name, value]) => name in schema.properties && value != null)
  return validated(part, schema, Object.fromEntries(said)) as object
}

/** Throws InvalidRequest. */
export function wantedOf({ first, after }: Arguments, max: number): { first: number; after?: string } {
  const wanted = typeof first === 'number' ? first : defaultPage
  if (wanted < 1 || wanted > max) {
    throw new InvalidRequest(`\`first\` is ${wanted}. Ask for 1 to ${max} at a time.`, [
      { pointer: '/query/first', detail: `has to be from 1 to ${max}` },
    ])
  }
  return typeof after === 'string' ? { first: wanted, after } : { first: wanted }
}
