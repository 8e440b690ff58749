import { prepareObjectStore } from '@pf/object-store'
import {
  createLogger,
  platformConfig,
  prepareDatabase,
  readEnvironment,
  s3Credentials,
  withParameters,
} from '@pf/service-kit'

/**
 * Before the services, at each start of a version: schemas up to date, a role for each service, the master key at the very
 * first start, the bucket where it is ours to make. Idempotent.
 */
const config = platformConfig(await withParameters(readEnvironment()))
const logger = createLogger({ name: 'prepare', level: config.logLevel })
try {
  await prepareObjectStore(config.objectStoreUrl, s3Credentials(config))
  await prepareDatabase(config)
  logger.info('prepared')
} catch (err) {
  logger.fatal({ err }, 'the stores cannot be prepared')
  process.exitCode = 1
}
