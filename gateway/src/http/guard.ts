import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { Rest } from '@pf/contracts'
import type { Authenticated } from './call.ts'
import { speakerOf } from './from.ts'
import type { IdempotencyKeys } from './idempotency-keys.ts'
import { costOf, type RateLimit } from './rate-limits.ts'
import { assertScope, neededScope } from './scopes.ts'
import { routeMetadata } from './serves.ts'
import type { Tokens } from './tokens.ts'

/**
 * Every route of the contract that is not open needs a valid token, with the scope it asks for where it is an API token; its
 * principal goes with the request.
 */
export class TokenGuard implements CanActivate {
  readonly #tokens: Tokens
  readonly #keys: IdempotencyKeys
  readonly #perUser: RateLimit

  constructor(tokens: Tokens, keys: IdempotencyKeys, perUser: RateLimit) {
    this.#tokens = tokens
    this.#keys = keys
    this.#perUser = perUser
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route: Rest.Route | undefined = Reflect.getMetadata(routeMetadata, context.getHandler())
    const request = context.switchToHttp().getRequest<Authenticated>()
    request.pfKeys = this.#keys
    if (route?.open) return true
    const { expiresAt: _, ...principal } = await this.#tokens.principalOf(
      request.headers.authorization,
      speakerOf(request),
    )
    this.#perUser.take(principal.userId, costOf(request.method, request.routeOptions.url))
    if (route !== undefined) assertScope(principal, neededScope(route))
    request.pfPrincipal = principal
    return true
  }
}
