import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { Rest } from '@pf/contracts'
import type { Authenticated } from './call.ts'
import type { IdempotencyKeys } from './idempotency-keys.ts'
import { routeMetadata } from './serves.ts'
import type { Tokens } from './tokens.ts'

/** Every route of the contract that is not open needs a valid access token; its principal goes with the request. */
export class TokenGuard implements CanActivate {
  readonly #tokens: Tokens
  readonly #keys: IdempotencyKeys

  constructor(tokens: Tokens, keys: IdempotencyKeys) {
    this.#tokens = tokens
    this.#keys = keys
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route: Rest.Route | undefined = Reflect.getMetadata(routeMetadata, context.getHandler())
    const request = context.switchToHttp().getRequest<Authenticated>()
    request.pfKeys = this.#keys
    if (route?.open) return true
    const { expiresAt: _, ...principal } = await this.#tokens.principalOf(request.headers.authorization)
    request.pfPrincipal = principal
    return true
  }
}
