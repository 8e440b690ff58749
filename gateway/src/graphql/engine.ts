import { type Rest, refuse } from '@pf/contracts'
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql'
import { isOurs, ownWords, told } from './errors.ts'
import { checkNesting, checkSize, Limits, limits, TooCostly } from './limits.ts'
import type { Reading } from './reading.ts'
import { graphqlSchema } from './schema.ts'

export type Operation = {
  query: string
  variables?: Record<string, unknown> | null
  operationName?: string | null
}

/** An operation that may be carried out. */
export type Ready = ExecutionArgs & { cost: number }

/** Documents that were read and found right, so that what pages ask again and again is not read again. */
const documentsKept = 200
const errorsTold = 10

/** An operation that was refused before anything was read. */
export class Refused extends Error {
  readonly errors: readonly Rest.GraphqlError[]

  constructor(errors: readonly Rest.GraphqlError[]) {
    super('The operation was refused.')
    this.errors = errors
  }
}

/** Reads, checks, weighs and carries out operations. */
export class Engine {
  readonly #schema: GraphQLSchema = graphqlSchema()
  readonly #limits = new Limits(this.#schema)
  readonly #onError: (error: unknown) => void
  /** The one used longest ago comes first. */
  readonly #documents = new Map<string, DocumentNode>()

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  /** Throws Refused. */
  prepare({ query, variables, operationName }: Operation, kind: OperationTypeNode): Ready {
    try {
      const document = this.#document(query)
      const operation = operationOf(document, operationName, kind)
      const values = getVariableValues(this.#schema, operation.variableDefinitions ?? [], variables ?? {}, {
        maxErrors: errorsTold,
      })
      if (values.errors !== undefined) throw new Refused(values.errors.map(ownWords))
      const cost = this.#limits.check(document, operation, values.coerced)
      return { schema: this.#schema, document, operationName, variableValues: variables, cost }
    } catch (error) {
      throw error instanceof Refused ? error : new Refused([told(error)])
    }
  }

  /** What went wrong here and is ours to mend. */
  report(error: unknown): void {
    this.#onError(error)
  }

  told(error: unknown): Rest.GraphqlError {
    return told(error)
  }

  async run(ready: Ready, reading: Reading, rootValue?: unknown): Promise<Rest.GraphqlAnswer> {
    return this.answer(await execute({ ...ready, contextValue: reading, rootValue }), ready.cost)
  }

  answer({ data, errors }: ExecutionResult, requested: number): Rest.GraphqlAnswer {
    for (const error of errors ?? []) if (isOurs(error)) this.#onError(error.originalError)
    return {
      ...(data === undefined ? {} : { data }),
      ...(errors === undefined ? {} : { errors: errors.map(told) }),
      extensions: { cost: { requested, limit: limits.cost } },
    }
  }

  #document(query: string): DocumentNode {
    const known = this.#documents.get(query)
    if (known !== undefined) {
      this.#documents.delete(query)
      this.#documents.set(query, known)
      return known
    }
    const document = parsed(query)
    checkSize(document)
    const errors = validate(this.#schema, document, specifiedRules, { maxErrors: errorsTold })
    if (errors.length > 0) throw new Refused(errors.map(ownWords))
    this.#documents.set(query, document)
    for (const oldest of this.#documents.keys()) {
      if (this.#documents.size <= documentsKept) break
      this.#documents.delete(oldest)
    }
    return document
  }
}

/** Throws GraphQLError, TooCostly. */
function parsed(query: string): DocumentNode {
  checkNesting(query)
  try {
    return parse(query, { maxTokens: limits.tokens })
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes(`more that ${limits.tokens} tokens`)) {
      throw new TooCostly('tokens', limits.tokens)
    }
    throw error
  }
}

/** Throws `invalid_input`. */
function operationOf(
  document: DocumentNode,
  name: string | null | undefined,
  kind: OperationTypeNode,
): OperationDefinitionNode {
  const operation = getOperationAST(document, name)
  if (!operation) {
    throw refuse('invalid_input', 'The document has no such operation. Name one of its operations in `operationName`.')
  }
  if (operation.operation === OperationTypeNode.MUTATION) {
    throw refuse('invalid_input', 'There are no mutations: commands are REST’s (/docs).')
  }
  if (operation.operation !== kind) {
    throw refuse(
      'invalid_input',
      kind === OperationTypeNode.QUERY
        ? 'Subscriptions are served over WebSocket (graphql-transport-ws) at this address.'
        : 'Over WebSocket there are subscriptions alone. Send queries by POST.',
    )
  }
  return operation
}
