import type { Providers } from '@pf/providers'
import { instant } from './hashing.ts'

/** The bank's time, asked for now; one that does not answer keeps what was known of its clock. */
export async function bankNow(providers: Providers, provider: string): Promise<string> {
  const told = await providers
    .find(provider)
    ?.now()
    .catch(() => undefined)
  return told === undefined ? providers.now(provider) : instant(told)
}
