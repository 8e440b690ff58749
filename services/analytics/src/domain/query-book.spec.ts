import { specify } from '@pf/eventing/testing'
import { maxQueries, queryBook, type SaveQuery } from './query-book.ts'

const { given } = specify(queryBook.decider)
const spaceId = '00000000-0000-7000-8000-000000000001'
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const at = '2026-05-01T08:00:00.000Z'
const saving = (n: number, name = `query ${n}`) => ({ spaceId, queryId: id(n), name, sql: 'select 1', savedAt: at })
const save = (n: number, name?: string): SaveQuery => ({ type: 'SaveQuery', ...saving(n, name) })
const saved = (n: number, name?: string) => ({ type: 'QuerySaved' as const, data: saving(n, name) })
const remove = (n: number) => ({ type: 'DeleteQuery' as const, spaceId, queryId: id(n), deletedAt: at })
const deleted = (n: number) => ({
  type: 'SavedQueryDeleted' as const,
  data: { spaceId, queryId: id(n), deletedAt: at },
})

describe("a space's saved queries", () => {
  it('keep a query under its name', () => {
    given([])
      .when(save(1))
      .then([saved(1)])
  })
  it('keep it once', () => {
    given([saved(1)])
      .when(save(1))
      .thenNothing()
  })
  it('have each name once', () => {
    given([saved(1, 'rent')])
      .when(save(2, 'rent'))
      .thenRefuses('query_name_taken')
  })
  it('are bounded', () => {
    given(Array.from({ length: maxQueries }, (_, n) => saved(n + 1)))
      .when(save(maxQueries + 1))
      .thenRefuses('queries_full')
  })
  it('forget a query, and its name is free again', () => {
    given([saved(1, 'rent')])
      .when(remove(1))
      .then([deleted(1)])
    given([saved(1, 'rent'), deleted(1)])
      .when(save(2, 'rent'))
      .then([saved(2, 'rent')])
  })
  it('do not forget what they never kept', () => {
    given([saved(1), deleted(1)])
      .when(remove(1))
      .thenRefuses('query_not_found')
  })
})
