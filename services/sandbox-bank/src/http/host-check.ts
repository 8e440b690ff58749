const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]']

/** Refuses names that a web page could point here (DNS rebinding); the port does not matter. */
export function isAllowedHost(host: string | undefined, others: readonly string[]): boolean {
  if (host === undefined) return false
  const name = host.toLowerCase().replace(/:\d+$/, '')
  return OWN_NAMES.includes(name) || others.includes(name)
}
