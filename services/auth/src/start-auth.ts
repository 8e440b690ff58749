import type { MikroORM } from '@mikro-orm/postgresql'
import { type UserEvent, userEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { commandHandling, type Platform, type Service, schedule, startService } from '@pf/service-kit'
import { openAccessTokens } from './adapters/access-tokens.ts'
import { argon2Passwords } from './adapters/passwords.ts'
import { vaultAccounts } from './adapters/vault-accounts.ts'
import { vaultRefreshTokens } from './adapters/vault-refresh-tokens.ts'
import { vaultSigningKeys } from './adapters/vault-signing-keys.ts'
import { SignIn } from './application/sign-in.ts'
import { AuthController } from './auth-controller.ts'
import * as user from './domain/user.ts'

const hourMs = 3_600_000

/** Users, sessions and access tokens of the embedded identity provider. */
export async function startAuth(platform: Platform & { readonly orm: MikroORM }): Promise<Service> {
  const { clock, config, ids, keys, orm, random, secrets } = platform
  const secret = () => Buffer.from(random.bytes(32)).toString('base64url')
  const users = createCommandHandler<user.User, user.UserCommand, UserEvent>(
    { ...userEvents, decider: user, snapshot: user.snapshot },
    commandHandling(platform),
  )
  const signIn = new SignIn({
    users,
    accounts: vaultAccounts(orm),
    refreshTokens: vaultRefreshTokens(orm),
    passwords: await argon2Passwords(secret()),
    accessTokens: await openAccessTokens(vaultSigningKeys(orm, secrets, clock), clock, ids),
    createSpaceKey: (spaceId) => keys.createSpaceKey(spaceId),
    clock,
    ids,
    secret,
    registration: config.registration,
  })
  return startService(platform, {
    name: 'auth',
    controllers: [AuthController],
    providers: [{ provide: SignIn, useValue: signIn }],
    running: [
      schedule(platform, { name: 'forget expired tokens', everyMs: hourMs, run: () => signIn.forgetExpired() }),
    ],
  })
}
