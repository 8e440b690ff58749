import { createLogger, platformConfig, prepareDatabase, readEnvironment, withParameters } from '@pf/service-kit'

/** Once before the services of a system whose processes run apart, as the owner of the database. */
const config = platformConfig(await withParameters(readEnvironment()))
await prepareDatabase(config).catch((err: unknown) => {
  createLogger({ name: 'prepare', level: config.logLevel }).fatal({ err }, 'the database cannot be prepared')
  process.exitCode = 1
})
