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
  /** By sync: when the log had each step of it. */
  steps(): Promise<Map<string, Steps>>
  close(): Promise<void>
}

/** Milliseconds by the broker's clock: all fetched, in the lake, in the marts, noted as stored, complete. */
export type Steps = Partial<Record<'fetched' | 'stored' | 'shown' | 'noted' | 'completed', number>>

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
    steps: () => stepsOf(platform),
    close: () => platform.close(),
  }
}

/** By the ids of commands, which name the sync; what shows the rows of one is caused by what stored them. */
async function stepsOf({ eventLog }: ServerPlatform): Promise<Map<string, Steps>> {
  const found = new Map<string, Steps>()
  const note = (syncId: string, step: keyof Steps, time: string) => {
    const steps = found.get(syncId) ?? {}
    steps[step] ??= Date.parse(time)
    found.set(syncId, steps)
  }
  for (const context of ['extraction', 'storage', 'analytics'] as const)
    for await (const { headers, time } of eventLog.scan(context, 0, new AbortController().signal)) {
      const [, command, syncId] = /^(fetched:|stored:|completed:|store-)(.{36})/.exec(headers['ce-id'] ?? '') ?? []
      const [, shown] = /^store-(.{36})/.exec(headers['ce-causationid'] ?? '') ?? []
      if (context === 'analytics' && shown !== undefined) note(shown, 'shown', time)
      if (syncId === undefined) continue
      if (command === 'fetched:') note(syncId, 'fetched', time)
      if (command === 'store-') note(syncId, 'stored', time)
      if (command === 'stored:') note(syncId, 'noted', time)
      if (command === 'completed:') note(syncId, 'completed', time)
    }
  return found
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
