import { DomainError, type InputOf, type Principal, type Rest, refuse, type requests } from '@pf/contracts'
import { KeysInvalid } from '@pf/providers'
import { operatorAlone } from '@pf/service-kit'
import type { Parts } from './parts.ts'

type PartsOfProviders = Pick<Parts, 'providers' | 'publicUrl'>

/** All that this installation knows, set up or not. */
export async function providersOf(parts: PartsOfProviders): Promise<Rest.ProviderInstance[]> {
  const all = await parts.providers.all()
  return all.map((provider) => shown(parts, provider))
}

/** The demo bank comes back by the same way, and there is nowhere to paste it. */
function shown(parts: PartsOfProviders, provider: Rest.ProviderInstance): Rest.ProviderInstance {
  const { id, kind, configured, demo } = provider
  return { id, kind, configured, demo, ...(demo ? {} : { redirect_url: callbackOf(parts) }) }
}

/** Into the vault; they hold from now on, without a restart. Throws operator_only, provider_not_found, keys_invalid. */
export async function putProviderKeys(
  parts: PartsOfProviders,
  { id, keys }: InputOf<typeof requests.connection.putProviderKeys>,
  principal: Principal,
): Promise<Rest.ProviderInstance> {
  operatorAlone(principal)
  const put = await parts.providers.putKeys(id, keys).catch((error: unknown) => {
    throw error instanceof KeysInvalid ? refuse('keys_invalid', error.detail) : error
  })
  if (put === undefined) throw await unknownProvider(parts, id)
  return shown(parts, put)
}

/** Asks the provider whether the keys do. Throws operator_only, provider_not_found, provider_not_configured. */
export async function checkProvider(
  parts: PartsOfProviders,
  { id }: InputOf<typeof requests.connection.checkProvider>,
  principal: Principal,
): Promise<Rest.ProviderCheck> {
  operatorAlone(principal)
  const known = (await parts.providers.all()).find((provider) => provider.id === id)
  if (known === undefined) throw await unknownProvider(parts, id)
  if (known.problem !== undefined) return { ok: false, findings: [{ ok: false, what: 'keys', detail: known.problem }] }
  const feed = await parts.providers.lookup(id)
  if (feed === undefined) {
    throw new DomainError('provider_not_configured', `Provider ${id} has no keys yet. Put them first, then check.`)
  }
  const findings = await feed.check({ redirect: callbackOf(parts) })
  return { ok: findings.every(({ ok }) => ok), findings }
}

/** Where every provider sends the browser back to. */
export const callbackOf = ({ publicUrl }: Pick<Parts, 'publicUrl'>): string => `${publicUrl}/api/connections/callback`

async function unknownProvider({ providers }: Pick<Parts, 'providers'>, id: string): Promise<DomainError> {
  const known = (await providers.all()).map((provider) => provider.id).join(', ')
  return refuse('provider_not_found', `There is no provider ${id} here; there are: ${known}.`)
}
