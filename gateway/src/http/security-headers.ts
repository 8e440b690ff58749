const yearSeconds = 31_536_000

/** What no page of ours uses is off, for whatever it might come to hold. Passkeys are ours to ask for. */
const permissionsPolicy = [
  ...['accelerometer', 'browsing-topics', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'hid'],
  ...['magnetometer', 'microphone', 'midi', 'payment', 'screen-wake-lock', 'serial', 'usb', 'xr-spatial-tracking'],
]
  .map((feature) => `${feature}=()`)
  .concat('publickey-credentials-create=(self)', 'publickey-credentials-get=(self)')
  .join(', ')

/** Of every answer, the API's and the site's. `secure`: PUBLIC_URL is https. */
export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'permissions-policy': permissionsPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(secure ? { 'strict-transport-security': `max-age=${yearSeconds}` } : {}),
  }
}

/** An answer of the API is data: were it shown as a page, it could do nothing. */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

export type PagePolicy = {
  nonce?: string
  styleAttributes?: boolean
  /** Its origin, where Keycloak signs people in: keycloak-js calls it, and looks there in a hidden frame. */
  keycloak?: string | undefined
}

/** Of the page in that frame: our own page alone may frame it, and all it does is one script of ours. */
export const silentFrameHeaders = {
  'content-security-policy': "default-src 'none'; script-src 'self'; frame-ancestors 'self'",
  'x-frame-options': 'SAMEORIGIN',
}

/**
 * Of our pages: our own files and our own API. Without `nonce` there is no inline style either; with it the page's styles
 * are those that carry it (Angular writes components' styles into the page and marks them).
 */
export function pagePolicy({ nonce, styleAttributes = false, keycloak }: PagePolicy): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    ...(styleAttributes ? ["style-src-attr 'unsafe-inline'"] : []),
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${keycloak === undefined ? '' : ` ${keycloak}`}`,
    ...(keycloak === undefined ? [] : [`frame-src 'self' ${keycloak}`]),
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}
