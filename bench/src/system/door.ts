import { type AccessClaims, type FeedEvent, feedEvents, type Principal } from '@pf/contracts'
import type { Client } from '@pf/e2e/client'
import type { System } from '@pf/e2e/system'
import { createCommandHandler } from '@pf/eventing'
import { openPlatform, platformConfig, type ServerPlatform } from '@pf/service-kit'
import { environmentOf } from './processes.ts'

/** What stands behind the gateway: the bus, for asking a service directly, and the log, for when the bank's bytes were there. */
export type Door = {
  bus: ServerPlatform['bus']
  principal: Principal
  /** By sync: when the last byte of the bank's rows was there, by this machine's clock. */
  fetchedAt(accountIds: readonly string[]): Promise<Map<string, number>>
  close(): Promise<void>
}

export async function openDoor(system: System, client: Client): Promise<Door> {
  const environment = { ...environmentOf(system.pidOf('services')), LOG_LEVEL: 'silent' }
  const platform = await openPlatform(platformConfig(environment), { name: 'log' })
  const principal = principalOf(client)
  return {
    bus: platform.bus,
    principal,
    async fetchedAt(accountIds) {
      const found = new Map<string, number>()
      for (const accountId of accountIds)
        for (const [syncId, at] of await fetchedOf(platform, principal.spaceId, accountId)) found.set(syncId, at)
      return found
    },
    close: () => platform.close(),
  }
}

async function fetchedOf(platform: ServerPlatform, spaceId: string, accountId: string): Promise<Map<string, number>> {
  const { eventLog: log, keys: sealer, clock, ids } = platform
  const decider = {
    initial: new Map<string, number>(),
    decide: (): FeedEvent[] => [],
    evolve: (seen: Map<string, number>, { type, data }: FeedEvent) =>
      type === 'TransactionsFetched' ? new Map(seen).set(data.syncId, Date.parse(data.fetchedAt)) : seen,
  }
  const feed = createCommandHandler({ ...feedEvents, decider }, { log, sealer, clock, ids })
  return (await feed.load({ spaceId, aggregateId: accountId })).state
}

/** As the gateway makes it of the same token. */
function principalOf({ token }: Client): Principal {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as AccessClaims
  const { sub: userId, space: spaceId, sid: sessionId, roles } = claims
  return { userId, spaceId, sessionId, roles }
}
