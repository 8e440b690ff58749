import { accountBookEvents, connectionEvents } from '@pf/contracts'
import { createCommandHandler, type Reaction } from '@pf/eventing'
import { openProviders, type Providers, providerInstances } from '@pf/providers'
import {
  afterOwnReadModel,
  commandHandling,
  type Erasing,
  openLogoLinks,
  type Platform,
  pendingErasures,
  startProjections,
  type Task,
} from '@pf/service-kit'
import { type CarryOutParts, eraseShared } from './application/erase-connection.ts'
import { createInstitutions, type Institutions } from './application/institutions.ts'
import { createOpenReturns } from './application/open-returns.ts'
import type { Parts } from './application/parts.ts'
import { consentWatch } from './application/watch-consents.ts'
import * as accountBook from './domain/account-book.ts'
import * as connection from './domain/connection.ts'
import { erasingParts } from './erasing.ts'
import { carryOutErasures, requestErasures } from './reactions/carry-out-erasures.ts'
import { endRefusedConsent } from './reactions/end-refused-consent.ts'
import { revokeObsolete } from './reactions/revoke-obsolete.ts'
import { accounts } from './read/accounts.ts'
import { connections } from './read/connections.ts'
import { consentAttempts } from './read/consent-attempts.ts'

export { completeConsent } from './application/complete-consent.ts'
export { endConsents } from './application/erase-connection.ts'
export { removeConnection } from './application/manage.ts'
export { renewConnection, requestConnection } from './application/request-consent.ts'

export type ConnectionOptions = {
  /** Those of the configuration unless given. */
  providers?: Providers
  /** Between two rounds of the watch over consents. */
  watchEveryMs?: number
}

export const readModels = {
  connections,
  consentAttempts,
  accounts,
  pendingErasures: pendingErasures('connection'),
}

export type AssembledConnection = {
  parts: CarryOutParts & { institutions: Institutions }
  erasing: Erasing
  projections: Awaited<ReturnType<typeof startReadModels>>
  reactions: Reaction[]
  tasks: Task[]
}

const startReadModels = (platform: Platform) => startProjections(platform, readModels)

/** All of the service but its shell: what `start.ts` puts on the bus, and what a simulation runs without one. */
export async function assembleConnection(
  platform: Platform,
  options: ConnectionOptions = {},
): Promise<AssembledConnection> {
  const { config, clock, secrets, keys, objects, random } = platform
  const providers =
    options.providers ??
    openProviders(
      providerInstances(config, () => platform.live()),
      { clock, secrets },
    )
  const projections = await startReadModels(platform)
  const views = {
    connections: projections.connections.reader,
    consentAttempts: projections.consentAttempts.reader,
    accounts: projections.accounts.reader,
  }
  const handling = commandHandling(platform)
  const logos = openLogoLinks(keys)
  const parts: Parts & { institutions: Institutions } = {
    connections: createCommandHandler({ ...connectionEvents, decider: connection }, handling),
    accountBook: createCommandHandler({ ...accountBookEvents, decider: accountBook }, handling),
    views,
    providers,
    leaving: () => platform.leaving(),
    institutions: createInstitutions(providers, logos),
    logos,
    keys,
    objects,
    openReturns: createOpenReturns(clock),
    clock,
    random,
    logger: platform.logger.child({ service: 'connection' }),
    publicUrl: config.publicUrl.replace(/\/+$/, ''),
    erase: {
      connections: (of) => platform.readModels.erase(connections, of),
      consentAttempts: (of) => platform.readModels.erase(consentAttempts, of),
      accounts: (of) => platform.readModels.erase(accounts, of),
    },
    freshId: () => platform.ids.uuid(),
    async shown(position) {
      const behind = await afterOwnReadModel(Object.values(views), position)
      return behind === undefined ? {} : { behind }
    },
  }
  const erasing = { ...parts, ...(await erasingParts(platform, projections)) }
  return {
    parts: erasing,
    erasing: {
      context: 'connection',
      aggregatesOf: async ({ connectionId }) => [{ aggregate: connectionEvents.aggregate, aggregateId: connectionId }],
      shared: (scope) => eraseShared(parts, scope),
    },
    projections,
    reactions: [revokeObsolete(parts), endRefusedConsent(parts), requestErasures(erasing), carryOutErasures(erasing)],
    tasks: [{ name: 'watch-consents', everyMs: options.watchEveryMs ?? 10_000, run: consentWatch(parts) }],
  }
}
