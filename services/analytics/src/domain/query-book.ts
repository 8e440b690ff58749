import { type QueryBookEvent, queryBookEvents, refuse } from '@pf/contracts'

export type SavedQuery = { queryId: string; name: string; sql: string; savedAt: string }

export type SaveQuery = { type: 'SaveQuery'; spaceId: string } & SavedQuery
export type DeleteQuery = { type: 'DeleteQuery'; spaceId: string; queryId: string; deletedAt: string }
export type QueryBookCommand = SaveQuery | DeleteQuery

/** Queries that a space keeps at most. */
export const maxQueries = 200

export type QueryBook = { readonly queries: readonly SavedQuery[] }
export const initial: QueryBook = { queries: [] }

/** Throws query_name_taken, queries_full, query_not_found. */
export function decide(command: QueryBookCommand, { queries }: QueryBook): QueryBookEvent[] {
  const { spaceId, queryId } = command
  const known = queries.find((query) => query.queryId === queryId)
  if (command.type === 'DeleteQuery') {
    if (known === undefined) throw refuse('query_not_found', 'There is no such query. GET /queries lists yours.')
    return [{ type: 'SavedQueryDeleted', data: { spaceId, queryId, deletedAt: command.deletedAt } }]
  }
  if (known !== undefined) return []
  const { name, sql, savedAt } = command
  if (queries.some((query) => query.name === name))
    throw refuse('query_name_taken', 'You have a query of this name already. Choose another, or delete that one first.')
  if (queries.length >= maxQueries)
    throw refuse('queries_full', `You have ${maxQueries} queries, as many as there may be. Delete one first.`)
  return [{ type: 'QuerySaved', data: { spaceId, queryId, name, sql, savedAt } }]
}

export function evolve({ queries }: QueryBook, { type, data }: QueryBookEvent): QueryBook {
  if (type === 'SavedQueryDeleted') return { queries: queries.filter(({ queryId }) => queryId !== data.queryId) }
  const { queryId, name, sql, savedAt } = data
  return { queries: [...queries, { queryId, name, sql, savedAt }] }
}

export const queryBook = { ...queryBookEvents, decider: { initial, decide, evolve } }
