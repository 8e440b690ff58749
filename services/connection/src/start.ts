import { accountBookEvents, connectionEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { openProviders, type Providers, providerInstances } from '@pf/providers'
import {
  afterOwnReadModel,
  type Platform,
  type Service,
  schedule,
  startProjections,
  startService,
} from '@pf/service-kit'
import { ConnectionBus, partsToken } from './adapters/bus.ts'
import { createInstitutions } from './application/institutions.ts'
import { createOpenReturns } from './application/open-returns.ts'
import type { Parts } from './application/parts.ts'
import { consentWatch } from './application/watch-consents.ts'
import * as accountBook from './domain/account-book.ts'
import * as connection from './domain/connection.ts'
import { endRefusedConsent } from './reactions/end-refused-consent.ts'
import { revokeObsolete } from './reactions/revoke-obsolete.ts'
import { accounts } from './read/accounts.ts'
import { connections } from './read/connections.ts'
import { consentAttempts } from './read/consent-attempts.ts'

export type ConnectionOptions = {
  /** Those of the configuration unless given. */
  providers?: Providers
  /** Between two rounds of the watch over consents. */
  watchEveryMs?: number
}

/** Starts the service on a platform: read models, reactions, the watch over consents, the bus. */
export async function startConnection(platform: Platform, options: ConnectionOptions = {}): Promise<Service> {
  const { config, clock, secrets, eventLog: log, keys, objects, random, ids } = platform
  const providers = options.providers ?? openProviders(providerInstances(config), { clock, secrets })
  const projections = await startProjections(platform, { connections, consentAttempts, accounts })
  const views = {
    connections: projections.connections.reader,
    consentAttempts: projections.consentAttempts.reader,
    accounts: projections.accounts.reader,
  }
  const handling = { log, sealer: keys, clock, ids }
  const parts: Parts = {
    connections: createCommandHandler({ ...connectionEvents, decider: connection }, handling),
    accountBook: createCommandHandler({ ...accountBookEvents, decider: accountBook }, handling),
    views,
    providers,
    keys,
    objects,
    openReturns: createOpenReturns(clock),
    clock,
    random,
    logger: platform.logger.child({ service: 'connection' }),
    publicUrl: config.publicUrl.replace(/\/+$/, ''),
    async shown(position) {
      const behind = await afterOwnReadModel(Object.values(views), position)
      return behind === undefined ? {} : { behind }
    },
  }
  const watch = { name: 'watch-consents', everyMs: options.watchEveryMs ?? 10_000, run: consentWatch(parts) }
  return startService(platform, {
    name: 'connection',
    controllers: [ConnectionBus],
    providers: [{ provide: partsToken, useValue: { ...parts, institutions: createInstitutions(providers) } }],
    projections,
    reactions: [revokeObsolete(parts), endRefusedConsent(parts)],
    running: [schedule(platform, watch)],
  })
}
