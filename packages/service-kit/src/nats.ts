import { connect, type NatsConnection } from '@nats-io/transport-node'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics/index.ts'

/**
 * One connection for a process: it reconnects for ever, and finds out within about 10 s that the other side is silent.
 * Throws where the broker cannot be reached within 10 s at the start.
 */
export async function connectNats(options: {
  url: string
  name: string
  logger: Logger
  metrics: Metrics
}): Promise<NatsConnection> {
  const { url, name, logger, metrics } = options
  const { protocol, host, username, password } = new URL(url)
  const nats = await connect({
    servers: host,
    ...(protocol === 'tls:' && { tls: {} }),
    ...(username !== '' && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    name: `pf-${name}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    timeout: 10_000,
  })
  void tell(nats, logger.child({ part: 'nats' }), metrics)
  return nats
}

async function tell(nats: NatsConnection, logger: Logger, metrics: Metrics): Promise<void> {
  for await (const status of nats.status()) {
    if (status.type === 'disconnect') logger.warn('broker lost; reconnecting')
    else if (status.type === 'reconnect') {
      metrics.brokerReconnects.inc()
      logger.info('broker reached again')
    } else if (status.type === 'error') logger.error({ err: status.error }, 'broker refused something')
  }
}
