import type { MikroORM } from '@mikro-orm/postgresql'
import { type ApiTokenEvent, apiTokenEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { commandHandling, type Platform } from '@pf/service-kit'
import { vaultApiTokens } from './adapters/vault-api-tokens.ts'
import { ApiTokensController } from './api-tokens-controller.ts'
import { ApiTokens, type FindUser } from './application/api-tokens.ts'
import * as apiToken from './domain/api-token.ts'

/** What a person has beside a password, whichever provider signs them in. */
export function openFactors(platform: Platform & { readonly orm: MikroORM }, { findUser }: { findUser: FindUser }) {
  const { clock, ids, orm, random } = platform
  const apiTokens = new ApiTokens({
    tokens: createCommandHandler<apiToken.ApiToken, apiToken.ApiTokenCommand, ApiTokenEvent>(
      { ...apiTokenEvents, decider: apiToken },
      commandHandling(platform),
    ),
    store: vaultApiTokens(orm),
    findUser,
    clock,
    ids,
    randomBytes: (count) => random.bytes(count),
  })
  return {
    controllers: [ApiTokensController],
    providers: [{ provide: ApiTokens, useValue: apiTokens }],
    /** Nothing of the user is left in it. */
    forgetOf: (userId: string) => apiTokens.forgetOf(userId),
    forgetEnded: () => apiTokens.forgetEnded(),
  }
}
