import { isIP } from 'node:net'

/** Whom a passkey is for: `id` is a domain, `origin` of the pages that may ask for it. */
export type RelyingParty = { id: string; origin: string }

type Said = { publicUrl: string; passkeyDomain: string | undefined }

/** Undefined where browsers make no passkeys (WebAuthn, 5.1.3): an IP address, or plain http elsewhere than on localhost. */
export function relyingParty({ publicUrl, passkeyDomain }: Said): RelyingParty | undefined {
  const { hostname, origin, protocol } = new URL(publicUrl)
  const isSecure = protocol === 'https:' || hostname === 'localhost'
  if (!isSecure || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return undefined
  return { id: passkeyDomain ?? hostname, origin }
}

export function faultsOfPasskeyDomain({ publicUrl, passkeyDomain }: Said): string[] {
  const { hostname } = new URL(publicUrl)
  if (passkeyDomain === undefined || hostname === passkeyDomain || hostname.endsWith(`.${passkeyDomain}`)) return []
  return [`PF_PASSKEY_DOMAIN is "${passkeyDomain}"; expected ${hostname}, the host of PUBLIC_URL, or a domain above it`]
}
