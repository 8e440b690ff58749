import { DomainError } from '@pf/contracts'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLInt,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  introspectionTypes,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  valueFromAST,
  visit,
} from 'graphql'
import { defaultPage } from './pages.ts'
import type { ObjectType } from './shapes.ts'

/** What one operation may ask for; docs/api/graphql.md tells them. */
export const limits = {
  /** Words and signs of the document. */
  tokens: 2_000,
  /** Fields within fields. */
  depth: 12,
  /** Brackets within brackets, before anything is parsed. */
  nesting: 60,
  aliases: 30,
  /** A field named once more among the same fields: merging them is what costs. */
  repeats: 30,
  fragments: 30,
  /** Operations in one document; one of them is carried out. */
  operations: 10,
  /** Objects that it may bring, and `costOfRequest` for each request that a service gets. */
  cost: 5_000,
} as const

const costOfRequest = 50
/** What a list that is not asked for page by page counts as. */
const assumedItems = 10
const enough = 1_000_000_000

type ObjectField = ReturnType<ObjectType['getFields']>[string]
type Limited = keyof typeof limits | 'introspection'
const adviceOf: Readonly<Record<Limited, string>> = {
  tokens: 'Ask for less in one document.',
  depth: 'Ask for fields that lie deeper by an operation of their own.',
  nesting: 'Ask for fields that lie deeper by an operation of their own.',
  aliases: 'Ask under several operations.',
  repeats: 'Name each field once.',
  fragments: 'Write the fields where they are wanted.',
  operations: 'Send each operation as a document of its own.',
  cost: 'Ask for shorter pages (`first`), or for less at once.',
  introspection: 'Send the usual introspection query, or read docs/schema.graphql.',
}

/** Refused before anything is read. */
export class TooCostly extends DomainError {
  readonly measure: { limit_of: Limited; found?: number; limit: number }

  constructor(of: Limited, limit: number, found?: number) {
    const what = found === undefined ? `More than ${limit}` : `${found}, where at most ${limit} are allowed`
    super('query_too_costly', `${of[0]?.toUpperCase()}${of.slice(1)}: ${what}. ${adviceOf[of]}`)
    this.measure = { limit_of: of, limit, ...(found === undefined ? {} : { found }) }
  }
}

/** Throws TooCostly. Of text that may be anything: the parser would follow brackets as deep as they go. */
export function checkNesting(query: string): void {
  let nesting = 0
  for (const sign of query) {
    if ('{[('.includes(sign)) nesting++
    else if ('}])'.includes(sign)) nesting--
    if (nesting > limits.nesting) throw new TooCostly('nesting', limits.nesting)
  }
}

/** Throws TooCostly. Of a document that may still be wrong in any other way: judging that is what must not cost too much. */
export function checkSize(document: DocumentNode): void {
  const count = { operations: 0, fragments: 0, aliases: 0, repeats: 0 }
  visit(document, {
    OperationDefinition: () => void count.operations++,
    FragmentSpread: () => void count.fragments++,
    InlineFragment: () => void count.fragments++,
    Field: ({ alias }) => void (alias === undefined || count.aliases++),
    SelectionSet: ({ selections }) => {
      const fields = selections.flatMap((one) => (one.kind === Kind.FIELD ? [(one.alias ?? one.name).value] : []))
      count.repeats += fields.length - new Set(fields).size
    },
  })
  for (const what of ['operations', 'fragments', 'aliases', 'repeats'] as const) {
    if (count[what] > limits[what]) throw new TooCostly(what, limits[what], count[what])
  }
}

type Variables = Readonly<Record<string, unknown>>
type Weight = { depth: number; cost: number; introspection: number }
const nothing: Weight = { depth: 0, cost: 0, introspection: 0 }

/**
 * Weighs an operation of a valid document by what it may bring at most. Fragments are weighed once each, so that fragments
 * of fragments cost no time.
 */
class Scales {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #variables: Variables
  readonly #weighed = new Map<string, Weight>()

  constructor(document: DocumentNode, variables: Variables) {
    this.#variables = variables
    this.#fragments = new Map(
      document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
    )
  }

  /** `page`: how many rows the connection around it was asked for. */
  set({ selections }: SelectionSetNode, type: ObjectType, page: number): Weight {
    let sum = nothing
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) sum = added(sum, this.#field(selection, type, page))
      else if (selection.kind === Kind.INLINE_FRAGMENT) sum = added(sum, this.set(selection.selectionSet, type, page))
      else sum = added(sum, this.#fragment(selection.name.value, type, page))
    }
    return sum
  }

  #fragment(name: string, type: ObjectType, page: number): Weight {
    const key = `${name} ${page}`
    const known = this.#weighed.get(key)
    if (known !== undefined) return known
    const fragment = this.#fragments.get(name)
    const weight = fragment === undefined ? nothing : this.set(fragment.selectionSet, type, page)
    this.#weighed.set(key, weight)
    return weight
  }

  #field(node: FieldNode, parent: ObjectType, page: number): Weight {
    const field = fieldOf(parent, node.name.value)
    if (field === undefined) return nothing
    const request = field.extensions['requests'] === undefined ? 0 : costOfRequest
    const type = getNamedType(field.type)
    if (!isObjectType(type) || node.selectionSet === undefined) return { depth: 1, cost: request, introspection: 0 }
    const within = this.set(node.selectionSet, type, this.#pageOf(field, node))
    const times = isListType(getNullableType(field.type))
      ? field.extensions['page'] === true
        ? page
        : assumedItems
      : 1
    if (introspectionTypes.includes(type)) {
      return { depth: 1, cost: 0, introspection: times * (1 + within.introspection) }
    }
    return added(
      { depth: 0, cost: request, introspection: 0 },
      { ...within, depth: within.depth + 1, cost: times * (1 + within.cost) },
    )
  }

  #pageOf(field: ObjectField, node: FieldNode): number {
    if (field.extensions['paged'] !== true) return assumedItems
    const said = node.arguments?.find(({ name }) => name.value === 'first')
    const first: unknown = said && valueFromAST(said.value, GraphQLInt, this.#variables)
    return typeof first === 'number' ? Math.max(first, 1) : defaultPage
  }
}

/** `__schema` and `__type` are asked for at the root alone, so that any parent may know them. */
const fieldOf = (parent: ObjectType, name: string): ObjectField | undefined =>
  metaFields.find((meta) => meta.name === name) ?? parent.getFields()[name]
const metaFields: readonly ObjectField[] = [SchemaMetaFieldDef, TypeMetaFieldDef]

const added = (a: Weight, b: Weight): Weight => ({
  depth: Math.max(a.depth, b.depth),
  cost: Math.min(a.cost + b.cost, enough),
  introspection: Math.min(a.introspection + b.introspection, enough),
})

function weigh(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, variables }: { operation: OperationDefinitionNode; variables: Variables },
): Weight {
  const root = schema.getRootType(operation.operation)
  return root ? new Scales(document, variables).set(operation.selectionSet, root, assumedItems) : nothing
}

/** Introspection may cost what the usual query for the whole schema does, and a little more. */
function introspectionLimit(schema: GraphQLSchema): number {
  const whole = parse(
    getIntrospectionQuery({
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }),
  )
  const [operation] = whole.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  return operation ? Math.ceil(1.2 * weigh(schema, whole, { operation, variables: {} }).introspection) : 0
}

/** Knows what an operation costs, and what is too much. */
export class Limits {
  readonly #schema: GraphQLSchema
  readonly #introspection: number

  constructor(schema: GraphQLSchema) {
    this.#schema = schema
    this.#introspection = introspectionLimit(schema)
  }

  /** Answers the cost. Throws TooCostly. */
  check(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): number {
    const { depth, cost, introspection } = weigh(this.#schema, document, { operation, variables })
    if (depth > limits.depth) throw new TooCostly('depth', limits.depth, depth)
    if (introspection > this.#introspection) throw new TooCostly('introspection', this.#introspection, introspection)
    if (cost > limits.cost) throw new TooCostly('cost', limits.cost, cost)
    return cost
  }
}
