import { Rest } from '@pf/contracts'
import { InvalidRequest } from './problem.ts'
import { validated } from './validate.ts'

function faults(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof InvalidRequest) return error.errors.map((e) => e.pointer)
    throw error
  }
  return []
}

describe('a request body', () => {
  const schema = Rest.routes.register.body

  it('is taken as it is where it fits', () => {
    const body = { username: 'sam', password: 'correct horse' }
    expect(validated('body', schema, body)).toEqual(body)
  })

  it('is refused with a pointer to each fault', () => {
    expect(faults(() => validated('body', schema, { username: 'sa', password: 'short' }))).toEqual([
      '/body/username',
      '/body/password',
    ])
  })

  it('is refused where it holds a field that is not known', () => {
    const entry = { username: 'sam', password: 'correct horse', admin: true }
    expect(() => validated('body', schema, entry)).toThrow('/body/admin is not known here: leave it out')
  })
})

describe('a query', () => {
  const schema = Rest.routes.transactions.query

  it('is read as the types it means', () => {
    expect(validated('query', schema, { limit: '20', q: 'tesco' })).toMatchObject({ limit: 20, q: 'tesco' })
  })

  it('is given its defaults', () => {
    expect(validated('query', schema, {})).toMatchObject({ limit: 50 })
  })

  it('is refused outside its bounds', () => {
    expect(faults(() => validated('query', schema, { limit: '201' }))).toEqual(['/query/limit'])
    expect(faults(() => validated('query', schema, { date_from: 'yesterday' }))).toEqual(['/query/date_from'])
  })
})
