import type { QueryBookEvent, Rest } from '@pf/contracts'
import type { Clock, CommandHandler } from '@pf/eventing'
import type { QueryBook, QueryBookCommand, SavedQuery } from '../domain/query-book.ts'

type Parts = { books: CommandHandler<QueryBook, QueryBookCommand, QueryBookEvent>; clock: Clock }

const shown = ({ queryId, name, sql, savedAt }: SavedQuery): Rest.SavedQuery => ({
  id: queryId,
  name,
  sql,
  saved_at: savedAt,
})

/** A space's queries are one aggregate, read from the log itself: what was written is there at once. */
export function createSavedQueries({ books, clock }: Parts) {
  const at = (spaceId: string) => ({ spaceId, aggregateId: spaceId })
  return {
    async list(spaceId: string): Promise<Rest.SavedQuery[]> {
      const { state } = await books.load(at(spaceId))
      return [...state.queries].sort((a, b) => (a.name < b.name ? -1 : 1)).map(shown)
    },
    /** Throws query_name_taken, queries_full. */
    async save(
      spaceId: string,
      { queryId, name, sql, commandId }: { queryId: string; name: string; sql: string; commandId: string },
    ): Promise<Rest.SavedQuery> {
      const saving = { queryId, name, sql, savedAt: clock.now().toISOString() }
      const { state } = await books.handle(at(spaceId), { type: 'SaveQuery', spaceId, ...saving }, { commandId })
      return shown(state.queries.find((query) => query.queryId === queryId) ?? saving)
    },
    /** Throws query_not_found. */
    async remove(spaceId: string, { id: queryId, commandId }: { id: string; commandId: string }): Promise<void> {
      const deletedAt = clock.now().toISOString()
      await books.handle(at(spaceId), { type: 'DeleteQuery', spaceId, queryId, deletedAt }, { commandId })
    },
  }
}
export type SavedQueries = ReturnType<typeof createSavedQueries>
