import { type Principal, type Rest, refuse } from '@pf/contracts'

/** What a personal API token needs for a route. A route says so itself where the rule does not fit. */
export function neededScope({ method, path, scope }: Pick<Rest.Route, 'method' | 'path' | 'scope'>) {
  if (scope !== undefined) return scope
  // How somebody signs in, and with what, is for them alone: a script that was robbed of its token must not take over.
  if (path === '/auth' || path.startsWith('/auth/')) return 'session'
  return method === 'GET' ? 'read' : 'write'
}

/**
 * The one place that says how far an API token goes. A session may what its roles allow, and that is for the services to say.
 * Throws scope_missing.
 */
export function assertScope({ scopes }: Pick<Principal, 'scopes'>, needed: ReturnType<typeof neededScope>): void {
  if (scopes === undefined) return
  if (needed === 'session') {
    throw refuse('scope_missing', 'No API token may do this, whatever its scopes: it needs a session. Sign in.')
  }
  if (scopes.some((scope) => scope === needed)) return
  const held = scopes.join(', ') || 'none'
  throw refuse(
    'scope_missing',
    `This needs an API token with the scope ${needed}; this one has ${held}. Issue another.`,
  )
}
