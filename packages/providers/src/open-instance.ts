import type { BankFeed } from './bank-feed.ts'
import { openEnableBanking } from './enable-banking/index.ts'
import { type KeptTokens, openGoCardless, type TokenCache } from './gocardless/index.ts'
import type { ProviderKeys } from './provider-keys.ts'

/** The part of the vault that providers use; the same for all processes. */
export interface ProviderSecrets {
  read(name: string): Promise<Uint8Array | undefined>
  write(name: string, plain: Uint8Array): Promise<void>
  delete(name: string): Promise<void>
  /** Runs alone among all processes that use this name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** `digest`: of the keys, so that tokens of other keys are not used with these. */
export function openProviderInstance(
  instance: { id: string; baseUrl: string; demo: boolean },
  keys: ProviderKeys,
  digest: string,
  deps: {
    clock: { now(): Date }
    secrets: ProviderSecrets
    fetch?: typeof fetch
    deadline?: (ms: number) => AbortSignal
  },
): BankFeed {
  const { id, baseUrl, demo } = instance
  const { clock, secrets, deadline } = deps
  const open = {
    id,
    baseUrl,
    believeDate: demo,
    clock,
    deadline,
    ...(deps.fetch === undefined ? {} : { fetch: deps.fetch }),
  }
  if (keys.kind === 'enable-banking') {
    return openEnableBanking({
      ...open,
      applicationId: keys.applicationId,
      privateKey: keys.privateKey,
      records: secrets,
    })
  }
  const tokens = keptTokens(`provider/${id}/tokens`, digest, secrets)
  return openGoCardless({ ...open, secretId: keys.secretId, secretKey: keys.secretKey, tokens })
}

function keptTokens(name: string, digest: string, secrets: ProviderSecrets): TokenCache {
  return {
    async read() {
      const plain = await secrets.read(name)
      if (plain === undefined) return undefined
      // Written by `write` alone and sealed since.
      const kept = JSON.parse(new TextDecoder().decode(plain)) as KeptTokens & { keys: string }
      return kept.keys === digest ? kept : undefined
    },
    write: (kept) => secrets.write(name, new TextEncoder().encode(JSON.stringify({ ...kept, keys: digest }))),
    exclusively: (work) => secrets.exclusively(name, work),
  }
}
