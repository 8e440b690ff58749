import { ConfigRefused } from './define-config.ts'
import type { PlatformConfig } from './platform-config.ts'
import { secretIn } from './secret-in.ts'

type Client = { id: string; secret: string }

/** Where Keycloak is, and who we are to it. */
export type KeycloakConfig = {
  url: string
  internalUrl: string
  realm: string
  webClient: string
  gateway: Client
  admin: Client
}

/**
 * Of a process that talks to Keycloak itself. Throws ConfigRefused, with all problems at once, where a client's secret is
 * missing, or is the placeholder of the realm file: Keycloak takes `${NAME}` literally where NAME was not set as it began.
 */
export async function keycloakConfig(config: PlatformConfig): Promise<KeycloakConfig> {
  const { keycloakUrl: url, keycloakInternalUrl, keycloakRealm: realm, keycloakWebClient: webClient } = config
  if (url === undefined) throw new ConfigRefused(['KEYCLOAK_URL is missing: where browsers reach Keycloak'])
  const [gateway, admin] = await Promise.allSettled([
    clientOf(config, config.keycloakGatewayClient, 'KEYCLOAK_GATEWAY_SECRET', config.keycloakGatewaySecret),
    clientOf(config, config.keycloakAdminClient, 'KEYCLOAK_ADMIN_SECRET', config.keycloakAdminSecret),
  ])
  if (gateway.status === 'fulfilled' && admin.status === 'fulfilled')
    return {
      url,
      internalUrl: keycloakInternalUrl ?? url,
      realm,
      webClient,
      gateway: gateway.value,
      admin: admin.value,
    }
  const failed = [gateway, admin].flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  throw new ConfigRefused(
    failed.flatMap((error) => {
      if (error instanceof ConfigRefused) return error.problems
      throw error
    }),
  )
}

async function clientOf(
  { keycloakSecretsDir: folder }: PlatformConfig,
  id: string,
  name: string,
  said: string | undefined,
): Promise<Client> {
  if (said === undefined && folder === undefined)
    throw new ConfigRefused([`${name} is missing: the secret of Keycloak's client ${id} (or PF_KEYCLOAK_SECRETS)`])
  const secret = said ?? (await secretIn('PF_KEYCLOAK_SECRETS', folder ?? '', id))
  if (secret.includes('${'))
    throw new ConfigRefused([`${name} is a placeholder (not shown); expected the secret itself of the client ${id}`])
  return { id, secret }
}
