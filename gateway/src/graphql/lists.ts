import {
  GraphQLBoolean,
  type GraphQLFieldConfigArgumentMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql'
import type { TSchema } from 'typebox'
import { pascal, read } from './json-schema.ts'
import { defaultPage, maxFigures, maxPage } from './pages.ts'
import type { ObjectType, Shapes } from './shapes.ts'

const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  description: "Relay's. Lists are read forwards: `after: endCursor` reads on while `hasNextPage`.",
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
})

/** `items` of a route's answer, where it is a list. */
export const itemOf = (answer: TSchema): TSchema | undefined => {
  const items = read(answer).properties?.['items']
  return items && read(items).items
}

export const maxOf = (item: TSchema): number => (read(item).properties?.['id'] === undefined ? maxFigures : maxPage)

export const pageArguments = (item: TSchema): GraphQLFieldConfigArgumentMap => ({
  first: { type: GraphQLInt, defaultValue: defaultPage, description: `At most ${maxOf(item)}.` },
  after: { type: GraphQLString, description: 'A cursor of this list: an edge’s, or `next_cursor` of REST.' },
})

/** Relay's connection of a list, with what REST says beside `items`. */
export class Lists {
  readonly #shapes: Shapes
  readonly #made = new Map<string, ObjectType>()

  constructor(shapes: Shapes) {
    this.#shapes = shapes
  }

  connection(answer: TSchema, item: TSchema, route: string): ObjectType {
    const node = this.#shapes.object(item, `${pascal(route)}Item`)
    const { items: _, next_cursor: __, ...beside } = read(answer).properties ?? {}
    const name = Object.keys(beside).length === 0 ? `${node.name}Connection` : `${pascal(route)}Connection`
    const known = this.#made.get(name)
    if (known !== undefined) return known
    const edge = new GraphQLObjectType({
      name: name.replace(/Connection$/, 'Edge'),
      fields: { node: { type: new GraphQLNonNull(node) }, cursor: { type: new GraphQLNonNull(GraphQLString) } },
    })
    const list = (of: GraphQLObjectType) => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(of)))
    const type: ObjectType = new GraphQLObjectType({
      name,
      fields: () => ({
        nodes: { type: list(node), extensions: { page: true } },
        edges: { type: list(edge), extensions: { page: true } },
        pageInfo: { type: new GraphQLNonNull(PageInfo) },
        ...this.#shapes.fields({ ...answer, properties: beside } as TSchema, name),
      }),
    })
    this.#made.set(name, type)
    return type
  }
}
