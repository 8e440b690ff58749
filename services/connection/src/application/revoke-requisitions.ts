import { refuse } from '@pf/contracts'
import { type BankFeed, ProviderError, type Providers } from '@pf/providers'
import type { Parts } from './parts.ts'

/**
 * Deletes at the provider what nobody needs any more: superseded, refused, replaced and removed requisitions. One that the
 * provider does not know is done. Throws ProviderError, provider_not_configured.
 */
export async function revokeObsolete(
  parts: Parts,
  { spaceId, connectionId }: { spaceId: string; connectionId: string },
): Promise<void> {
  const at = { spaceId, aggregateId: connectionId }
  const { state } = await parts.connections.load(at)
  if (state.status === 'unknown' || state.obsolete.length === 0) return
  const feed = await feedOf(parts.providers, state.provider)
  if (feed === undefined) return
  for (const requisitionId of state.obsolete) {
    await feed.revokeLink(requisitionId).catch((error: unknown) => {
      if (!(error instanceof ProviderError && error.action === 'not_found')) throw error
    })
    await parts.connections.handle(
      at,
      { type: 'RecordRevocation', connectionId, requisitionId },
      { commandId: `revoked:${requisitionId}` },
    )
  }
}

/**
 * Undefined where this installation knows no such provider any more: its consents run out by themselves. One that has no
 * keys may be given some. Throws provider_not_configured.
 */
async function feedOf(providers: Providers, id: string): Promise<BankFeed | undefined> {
  const feed = await providers.lookup(id)
  if (feed !== undefined) return feed
  const isKnown = (await providers.all()).some((provider) => provider.id === id)
  if (!isKnown) return undefined
  throw refuse('provider_not_configured', `Requisitions wait to be deleted at ${id}, which has no keys. Put its keys.`)
}
