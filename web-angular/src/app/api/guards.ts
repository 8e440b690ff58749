import { inject } from '@angular/core'
import { type CanActivateFn, Router } from '@angular/router'
import { Session } from './session.ts'

export const onlySignedIn: CanActivateFn = async (_route, state) => {
  const session = inject(Session)
  const router = inject(Router)
  await session.start()
  // Nobody answered: the page opens and says so, rather than asking for a password that could not be checked.
  if (session.signedIn() || session.unreachable()) return true
  return router.createUrlTree(['/sign-in'], state.url === '/' ? {} : { queryParams: { next: state.url } })
}

/** Whoever is signed in already, or comes back from Keycloak's page, goes on to where they wanted to go. */
export const onlySignedOut: CanActivateFn = async (route) => {
  const session = inject(Session)
  const router = inject(Router)
  await session.start()
  return session.signedIn() ? router.parseUrl(inside(route.queryParams['next'])) : true
}

/** Only addresses of our own: `//elsewhere` and `https:` lead out. */
export const inside = (next: unknown): string => (typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/')
