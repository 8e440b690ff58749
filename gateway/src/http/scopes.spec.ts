import { Rest } from '@pf/contracts'
import { assertScope, neededScope } from './scopes.ts'

const routes = Object.entries(Rest.routes) as [string, Rest.Route][]
const needing = (scope: string) =>
  routes.flatMap(([name, route]) => (!route.open && neededScope(route) === scope ? [name] : []))

describe('the scope a route needs', () => {
  it('is read for what is asked and write for what is done', () => {
    for (const [name, route] of routes) {
      if (route.open || route.path.startsWith('/auth/') || route.scope !== undefined) continue
      expect([name, neededScope(route)]).toEqual([name, route.method === 'GET' ? 'read' : 'write'])
    }
    expect(needing('read')).toEqual(expect.arrayContaining(['transactions', 'events', 'query', 'me']))
    expect(needing('write')).toEqual(expect.arrayContaining(['requestConnection', 'deleteQuery', 'changeAccount']))
  })

  it('is admin wherever an operator alone is let in', () => {
    const operators = routes.flatMap(([name, { problems }]) => (problems?.includes('operator_only') ? [name] : []))
    // What there is about signing in, invitations and tokens for operators among it, is done in a session alone.
    const inSession = operators.filter((name) =>
      routes.some(([one, { path }]) => one === name && path.startsWith('/auth/')),
    )
    expect(needing('session')).toEqual(expect.arrayContaining(inSession))
    expect(operators.filter((name) => !inSession.includes(name)).toSorted()).toEqual(needing('admin').toSorted())
  })

  it('is none that a token could have for anything about signing in, save who one is', () => {
    const ofAuth = routes.flatMap(([name, { path, open }]) => (path.startsWith('/auth/') && !open ? [name] : []))
    const notForTokens = ofAuth.filter((name) => !['me'].includes(name))
    expect(notForTokens.filter((name) => !needing('session').includes(name))).toEqual([])
    expect(needing('session')).toEqual(expect.arrayContaining(['issueApiToken', 'revokeApiToken', 'eraseMe']))
  })
})

describe('an API token', () => {
  it('goes as far as its scopes, none of which holds another', () => {
    for (const scope of ['read', 'write', 'admin'] as const) {
      expect(() => assertScope({ scopes: [scope] }, scope)).not.toThrow()
      for (const other of (['read', 'write', 'admin'] as const).filter((one) => one !== scope)) {
        expect(() => assertScope({ scopes: [scope] }, other)).toThrow(
          `scope_missing: This needs an API token with the scope ${other}; this one has ${scope}.`,
        )
      }
      expect(() => assertScope({ scopes: [scope] }, 'session')).toThrow('scope_missing')
    }
    expect(() => assertScope({ scopes: [] }, 'read')).toThrow('this one has none')
  })

  it('is not what a session is asked for', () => {
    for (const needed of ['read', 'write', 'admin', 'session'] as const)
      expect(() => assertScope({}, needed)).not.toThrow()
  })
})
