import { awaitPrepared, createLogger, platformConfig } from '@pf/service-kit'

/** `node await-prepared.js SERVICE`: the container before a service's own, in a cluster. */
const [service] = process.argv.slice(2)
if (service === undefined) {
  process.stderr.write('await-prepared: found no name, expected the service that waits\n')
  process.exitCode = 2
} else {
  const config = platformConfig()
  const stopping = new AbortController()
  process.once('SIGTERM', () => stopping.abort())
  const logger = createLogger({ name: `await-prepared ${service}`, level: config.logLevel })
  await awaitPrepared(config, { name: service, logger, signal: stopping.signal }).catch((err: unknown) => {
    logger.info({ err }, 'ended before it was prepared')
    process.exitCode = 1
  })
}
