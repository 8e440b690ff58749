import type { MikroORM } from '@mikro-orm/postgresql'
import { refuse } from '@pf/contracts'
import { keycloakConfig, type Platform } from '@pf/service-kit'
import { openAccessTokens } from './adapters/access-tokens.ts'
import { isCommonPassword } from './adapters/common-passwords.ts'
import { KeycloakIdentity } from './adapters/keycloak/keycloak-identity.ts'
import { argon2Passwords } from './adapters/passwords.ts'
import { vaultSigningKeys } from './adapters/vault-signing-keys.ts'
import type { Audit } from './application/audit.ts'
import { EmbeddedIdentity } from './application/embedded-identity.ts'
import type { Granted, IdentityProvider } from './application/identity-provider.ts'
import type { LoginThrottle } from './application/login-throttle.ts'
import type { AccessTokens, Accounts, Credentials, RefreshTokens } from './application/ports.ts'
import type { ProviderSessions } from './application/provider-sessions.ts'
import type { SecondFactors } from './application/second-factors.ts'

export type ProviderParts = {
  accounts: Accounts
  audit: Audit
  refreshTokens: RefreshTokens
  providerSessions: ProviderSessions
  secondFactors: SecondFactors
  throttle: LoginThrottle
  /** Fresh secret, base64url of 32 bytes. */
  secret: () => string
}

export type OpenedProvider = {
  provider: IdentityProvider
  /** Undefined where the tokens are not ours to sign. */
  accessTokens: AccessTokens | undefined
  /** A session of somebody who proved it otherwise than to the provider. Throws mfa_elsewhere where that is not ours to say. */
  begin(account: Credentials, passwordVersion?: number): Promise<Granted>
}

/** The identity provider that AUTH_MODE names. Throws ConfigRefused where what it needs is missing. */
export async function openProvider(
  platform: Platform & { readonly orm: MikroORM },
  parts: ProviderParts,
): Promise<OpenedProvider> {
  const { clock, config, ids, orm, random, secrets, timing } = platform
  if (config.authMode === 'keycloak') {
    const provider = new KeycloakIdentity({
      ...parts,
      sessions: parts.providerSessions,
      settings: await keycloakConfig(config),
      clock,
      random,
      wait: (ms) => timing.wait(ms),
    })
    const begin = async () => {
      throw refuse('mfa_elsewhere', 'Second factors are asked for by the identity provider here.')
    }
    return { provider, accessTokens: undefined, begin }
  }
  const accessTokens = await openAccessTokens(vaultSigningKeys(orm, secrets), clock, ids)
  const provider = new EmbeddedIdentity({
    ...parts,
    passwords: await argon2Passwords(parts.secret()),
    isCommonPassword,
    accessTokens,
    clock,
    ids,
  })
  return { provider, accessTokens, begin: (account, passwordVersion) => provider.begin(account, passwordVersion) }
}
