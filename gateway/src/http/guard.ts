import type { CanActivate, ExecutionContext } from '@nestjs/common'
import type { Rest } from '@pf/contracts'
import type { Authenticated } from './serves.ts'
import { routeMetadata } from './serves.ts'
import type { Tokens } from './tokens.ts'

/** Every route of the contract that is not open needs a valid access token; its principal goes with the request. */
export class TokenGuard implements CanActivate {
  readonly #tokens: Tokens

  constructor(tokens: Tokens) {
    this.#tokens = tokens
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route: Rest.Route | undefined = Reflect.getMetadata(routeMetadata, context.getHandler())
    if (route?.open) return true
    const request = context.switchToHttp().getRequest<Authenticated>()
    const { expiresAt: _, ...principal } = await this.#tokens.principalOf(request.headers.authorization)
    request.pfPrincipal = principal
    return true
  }
}
