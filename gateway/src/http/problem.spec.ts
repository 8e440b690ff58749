import { DomainError, refuse } from '@pf/contracts'
import { InvalidRequest, problemOf } from './problem.ts'

describe('a problem document', () => {
  it("keeps a refusal's code and words and knows its status", () => {
    expect(problemOf(refuse('username_taken', 'Choose another one.'))).toEqual({
      type: 'urn:personal-finances:problem:username_taken',
      title: 'Username taken',
      status: 409,
      detail: 'Choose another one.',
      code: 'username_taken',
    })
  })

  it('points at what was wrong in a request', () => {
    const errors = [{ pointer: '/body/username', detail: 'is too short' }]
    expect(problemOf(new InvalidRequest('The body is not as expected.', errors))).toMatchObject({ status: 422, errors })
  })

  it('says when to come again', () => {
    const refusal = new DomainError('quota_exhausted', 'All 4 calls are used.', { retryAfterSeconds: 3600 })
    expect(problemOf(refusal)).toMatchObject({ status: 429, retryAfterSeconds: 3600 })
    const busy = new DomainError('overloaded', 'Too much is under way.', { retryAfterSeconds: 1 })
    expect(problemOf(busy)).toMatchObject({ status: 503, retryAfterSeconds: 1 })
    expect(problemOf(refuse('unavailable', 'Not now.'))).toMatchObject({ status: 503, retryAfterSeconds: 5 })
  })

  it('says nothing of the insides of an error that is not a refusal', () => {
    const problem = problemOf(new Error('select * from vault.credentials where password = …'))
    expect(problem).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(problem)).not.toContain('select')
  })
})
