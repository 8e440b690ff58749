/** What is needed of a realm that `deploy/keycloak` describes. */
export type KeycloakSettings = {
  /** As browsers reach it; the issuer of its tokens follows from it. */
  url: string
  /** As our services reach it. */
  internalUrl: string
  realm: string
  webClient: string
  gateway: { id: string; secret: string }
  admin: { id: string; secret: string }
}

/** Audience of its access tokens, as the realm's clients have it. */
export const keycloakAudience = 'personal-finances-api'
export const keycloakAlgorithms = ['RS256']

/** The longest that a session goes on, as the realm has it (`ssoSessionMaxLifespan`): no token tells when its session ends. */
export const sessionLifeSeconds = 30 * 24 * 3600

export const issuerOf = ({ url, realm }: Pick<KeycloakSettings, 'url' | 'realm'>): string =>
  `${url}/realms/${encodeURIComponent(realm)}`
