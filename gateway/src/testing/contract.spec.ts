import { contractFaults } from './contract.ts'

const user = { id: 'u-1', username: 'sam', roles: ['user'] }
const json = new Headers({ 'content-type': 'application/json; charset=utf-8' })
const problem = new Headers({ 'content-type': 'application/problem+json' })
const refused = (code: string) => ({ type: 'urn:x', title: 'No', status: 401, detail: 'No.', code })
const at = (status: number, body: unknown, headers = json) =>
  contractFaults('GET', '/auth/me?a=1', {
    status,
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('an answer that is held against the contract', () => {
  it('may be what the document says, with a problem by its code', () => {
    expect(at(200, user)).toEqual([])
    expect(at(304, '')).toEqual([])
    expect(at(401, refused('unauthenticated'), problem)).toEqual([])
    expect(at(401, { ...refused('unauthenticated'), hint: 'A member of its own.' }, problem)).toEqual([])
  })

  it('may not have another status, code, media type or field', () => {
    expect(at(409, refused('conflict'), problem)).toEqual([
      expect.stringContaining('me 409: the document names no such status'),
    ])
    expect(at(401, refused('conflict'), problem)).toEqual([expect.stringContaining('/code')])
    expect(at(401, refused('unauthenticated'))).toEqual([expect.stringContaining('content-type')])
    expect(at(200, { ...user, shoe: 43 })).toEqual([expect.stringContaining('shoe')])
    expect(at(200, { id: 'u-1', roles: ['user'] })).toEqual([expect.stringContaining('username')])
    expect(at(304, 'a body')).toEqual([expect.stringContaining('a body where the document has none')])
  })

  it('is nothing to the contract where no route is asked', () => {
    expect(contractFaults('GET', '/nowhere', { status: 500, headers: json, body: '' })).toEqual([])
  })
})
