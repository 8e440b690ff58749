import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Principal } from '@pf/contracts'
import { openProviders, type ProviderInstance, type Providers, providerInstances } from '@pf/providers'
import { startSandboxBank } from '@pf/sandbox-bank'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { startConnection } from '../start.ts'

export type RunningConnection = {
  platform: Platform
  service: Service
  providers: Providers
  bank: { url: string }
  /** Moves the wall clock that the service sees. */
  passWall(ms: number): void
  control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

export const sandboxInstitution = 'SANDBOXFINANCE_SFIN0000'

export const principalOf = (n: number): Principal => ({
  userId: `018f0000-0000-7000-8000-00000000b${String(n).padStart(3, '0')}`,
  spaceId: `018f0000-0000-7000-8000-00000000a${String(n).padStart(3, '0')}`,
  sessionId: `s-${n}`,
  roles: [],
})

export type RunOptions = {
  open?: (sandboxUrl: string) => Promise<Platform>
  /** Providers beside, or in place of, those of the configuration. */
  instances?: (sandboxUrl: string) => ProviderInstance[]
  /** What providers are called by. */
  fetch?: typeof fetch
}

/** The service on a platform (in memory unless told), with the real sandbox bank as its provider. For specs. */
export async function runConnection(options: RunOptions = {}): Promise<RunningConnection> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-connection-'))
  const bank = await startSandboxBank({ port: 0, dataDir })
  let wallOffsetMs = 0
  const clock = { now: () => new Date(Date.now() + wallOffsetMs) }
  const open =
    options.open ??
    ((sandboxUrl) => createMemoryPlatform({ clock, config: { sandboxUrl, publicUrl: 'http://localhost:3000' } }))
  const platform = await open(bank.url)
  for (const n of [1, 2]) await platform.keys.createSpaceKey(principalOf(n).spaceId)
  const own = options.instances?.(bank.url) ?? []
  const others = providerInstances(platform.config).filter(({ id }) => own.every((one) => one.id !== id))
  const over = options.fetch === undefined ? {} : { fetch: options.fetch }
  const providers = openProviders([...others, ...own], { clock, secrets: platform.secrets, ...over })
  const service = await startConnection(platform, { providers, watchEveryMs: 50 })
  return {
    platform,
    service,
    providers,
    bank,
    passWall(ms) {
      wallOffsetMs += ms
    },
    async control(method, path, body) {
      const answer = await fetch(`${bank.url}/__sandbox/${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      })
      return (await answer.json()) as Record<string, unknown>
    },
    async stop() {
      await service.stop()
      await platform.close()
      await bank.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
