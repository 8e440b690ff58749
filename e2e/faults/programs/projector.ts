import { MikroORM } from '@mikro-orm/postgresql'
import { connect } from '@nats-io/transport-node'
import { type ProjectionStore, runProjection } from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { openSealer } from '@pf/eventing/testing'
import type { LogSettings } from '../staging/broker.ts'
import { messageOf, nameOf, optionsOf, say } from './speech.ts'
import { laterTallyEvents, tallies, tallyEvents } from './tally.ts'

export type ProjectorOptions = LogSettings & {
  url: string
  databaseUrl: string
  version?: number
  /** Knows what a later release writes. */
  later?: boolean
}

/** Projects the tallies until it is stopped. Says `active` when it holds the lock, and `error` with name and message. */
const options = optionsOf<ProjectorOptions>()
const nc = await connect({ servers: options.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['connection'], ...options })
const orm = await MikroORM.init({
  clientUrl: options.databaseUrl,
  entities: [],
  discovery: { warnWhenNoEntities: false },
  logger: () => undefined,
})
const store = createPostgresProjectionStore(orm)
const audible: ProjectionStore = {
  ...store,
  async open(shape, signal) {
    const open = await store.open(shape, signal)
    say('active')
    return open
  },
}
const running = runProjection(tallies(options.version), {
  log,
  sealer: openSealer(),
  store: audible,
  declarations: [options.later ? laterTallyEvents : tallyEvents],
  onError: (error, message) =>
    say('error', { name: nameOf(error), message: messageOf(error), subject: message?.subject }),
})
say('started')
process.once('SIGTERM', async () => {
  await running.stop()
  process.exit(0)
})
