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

export const onlySignedOut: CanActivateFn = async () => {
  const session = inject(Session)
  const router = inject(Router)
  await session.start()
  return session.signedIn() ? router.createUrlTree(['/']) : true
}
