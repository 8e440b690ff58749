import { DomainError } from '@pf/contracts'
import type { Providers } from '@pf/providers'

/** The provider's now; undefined where it is not set up here, or where the demo bank has not told its day yet. */
export async function providerTime(providers: Providers, provider: string): Promise<string | undefined> {
  if (providers.find(provider) === undefined) return undefined
  try {
    return await providers.now(provider)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'provider_unavailable') return undefined
    throw error
  }
}
