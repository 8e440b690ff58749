import { createHmac, timingSafeEqual } from 'node:crypto'
import { systemSpace } from '@pf/contracts'
import type { KeyRing } from '@pf/vault'

/** Whose logos are fetched, and from nowhere else: what GoCardless and Enable Banking name as their banks'. */
const listedHosts: readonly string[] = ['cdn-logos.gocardless.com', 'enablebanking.com']

/** Where a logo comes from: the demo bank draws those of its banks, by their id. */
export type LogoSource = { of: 'demo'; id: string } | { of: 'listed'; url: URL }

/**
 * Addresses of banks' logos on our own origin, for pages that call no other: what provider or demo bank said, with a mark that
 * only this installation makes. So nobody has us fetch what we did not offer, and an address says all that is needed.
 */
export interface LogoLinks {
  /** A path below the API's address, or '' where there is none that we would fetch. */
  pathOf(bank: { id: string; logo: string; demo: boolean }): Promise<string>
  /** Undefined where the mark is not ours. */
  sourceOf(name: string): Promise<LogoSource | undefined>
}

export function openLogoLinks(keys: Pick<KeyRing, 'createSpaceKey' | 'fingerprint'>): LogoLinks {
  let secret: Promise<string> | undefined
  const mark = async (text: string): Promise<Buffer> => {
    // Made at its first use; of two that make it at once both get the same.
    secret ??= keys.createSpaceKey(systemSpace).then(() => keys.fingerprint(systemSpace, 'logo links'))
    return createHmac('sha256', await secret)
      .update(text)
      .digest()
      .subarray(0, 16)
  }
  return {
    async pathOf({ id, logo, demo }) {
      const text = demo ? `demo:${id}` : logo
      if (sourceIn(text) === undefined) return ''
      return `/logos/${(await mark(text)).toString('base64url')}.${Buffer.from(text).toString('base64url')}`
    },
    async sourceOf(name) {
      const [said = '', encoded = ''] = name.split('.')
      const text = Buffer.from(encoded, 'base64url').toString('utf8')
      const [ours, theirs] = [await mark(text), Buffer.from(said, 'base64url')]
      if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) return undefined
      return sourceIn(text)
    },
  }
}

function sourceIn(text: string): LogoSource | undefined {
  if (text.startsWith('demo:')) return { of: 'demo', id: text.slice('demo:'.length) }
  const url = URL.parse(text)
  const isListed =
    url?.protocol === 'https:' && listedHosts.includes(url.hostname) && url.port === '' && url.username === ''
  return isListed && text.length <= 300 ? { of: 'listed', url } : undefined
}
