import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'
import { isParticipant, participantNames } from '@pf/contracts'
import { inboxPrefixOf, isInbox } from './broker/index.ts'
import { ConfigRefused, type PlatformConfig, secretIn } from './config/index.ts'
import { Unwell } from './health.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics/index.ts'

type BrokerConfig = Pick<PlatformConfig, 'natsUrl' | 'natsSecretsDir'>

/**
 * Where the broker is and who we are there: the user of that name (a participant) where there are passwords, else the one of
 * the URL. Throws ConfigRefused.
 */
export async function brokerOptions({ natsUrl, natsSecretsDir }: BrokerConfig, name: string) {
  const { protocol, host, username, password } = new URL(natsUrl)
  const one = username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  return {
    servers: host,
    ...(protocol === 'tls:' && { tls: {} }),
    ...(natsSecretsDir === undefined ? one : { user: name, pass: await passwordIn(natsSecretsDir, name) }),
    name: `pf-${name}`,
    inboxPrefix: inboxPrefixOf(name),
  }
}

async function passwordIn(folder: string, name: string): Promise<string> {
  if (!isParticipant(name)) {
    throw new ConfigRefused([`PF_NATS_SECRETS is set, and ${name} is none of ${participantNames.join(', ')}`])
  }
  return secretIn('PF_NATS_SECRETS', folder, name)
}

/** A connection and how it is. */
export type Broker = {
  nats: NatsConnection
  /** Throws where the broker does not answer, or has once refused what this service needs. */
  ping(): Promise<void>
}

/** The first thing refused: permissions do not come by themselves, so it is told until the process is started anew. */
type Refusals = { first: string | undefined }

/** The broker's users do not fit this version of the code: what was asked for is missing in their file. */
class NotPermitted extends Error {
  constructor(what: string) {
    super(
      `The broker does not permit: ${what}. Make its users anew (npm run nats:users -w @pf/service-kit) and load them.`,
    )
    this.name = 'NotPermitted'
  }
}

/**
 * One connection for a service: it reconnects for ever, and finds out within about 10 s that the other side is silent.
 * Throws where the broker cannot be reached within 10 s at the start.
 */
export async function connectNats(
  config: BrokerConfig,
  { name, logger, metrics }: { name: string; logger: Logger; metrics: Metrics },
): Promise<Broker> {
  const nats = await connect({
    ...(await brokerOptions(config, name)),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    timeout: 10_000,
  })
  const refusals: Refusals = { first: undefined }
  void tell(nats, logger.child({ part: 'nats' }), metrics, refusals)
  return {
    nats,
    async ping() {
      const { data } = await nats.request('$JS.API.INFO', undefined, { timeout: 2_000 })
      // The server may be there without its JetStream: while a cluster has no leader, or where its disk failed.
      const { error }: { error?: { code?: number } } = JSON.parse(new TextDecoder().decode(data))
      if (error !== undefined) throw new Unwell('JetStream is not there')
      if (refusals.first !== undefined) throw new NotPermitted(refusals.first)
    },
  }
}

async function tell(nats: NatsConnection, logger: Logger, metrics: Metrics, refusals: Refusals): Promise<void> {
  for await (const status of nats.status()) {
    if (status.type === 'disconnect') logger.warn('broker lost; reconnecting')
    else if (status.type === 'reconnect') {
      metrics.brokerReconnects.inc()
      logger.info('broker reached again')
    } else if (status.type === 'error') {
      if (status.error instanceof PermissionViolationError) {
        const { operation, subject } = status.error
        // The broker that knew of the question is gone, or two minutes are: whoever asked has given up or asks anew.
        if (operation === 'publish' && isInbox(subject)) {
          logger.warn('an answer came too late: the broker does not know of its question any more')
          continue
        }
        metrics.brokerRefusals.inc()
        refusals.first ??= `${operation} ${subject}`
        logger.error({ operation, subject }, 'the broker does not permit this: see contracts/src/participants.ts')
      } else logger.error({ err: status.error }, 'broker refused something')
    }
  }
}
