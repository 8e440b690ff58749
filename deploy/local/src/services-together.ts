import { startAnalytics } from '@pf/analytics'
import { startAuth } from '@pf/auth'
import { startConnection } from '@pf/connection'
import { startExtraction } from '@pf/extraction'
import { startGateway } from '@pf/gateway'
import {
  createLogger,
  openPlatform,
  openSettings,
  type RunningProcess,
  runProcess,
  type Scrape,
  type ServerPlatform,
  type Service,
  scrape,
  servicesReady,
} from '@pf/service-kit'
import type { Thread } from './threads.ts'

/** In the order in which they are stopped last to first. */
const starts = {
  auth: startAuth,
  connection: startConnection,
  extraction: startExtraction,
  analytics: startAnalytics,
  gateway: startGateway,
} as const satisfies Record<string, (platform: ServerPlatform) => Promise<Service>>

type Name = keyof typeof starts
const names = Object.keys(starts) as Name[]

/**
 * All services and the gateway in one process, each on a platform of its own, as its own user of the broker; storage on the
 * thread given besides. They talk over the bus and the log only: apart (`npm run start:<service>`) they are the same.
 */
export const runServices = (storage: Thread): Promise<void> => runProcess(() => startAll(storage))

async function startAll(storage: Thread): Promise<RunningProcess> {
  const settings = await openSettings({ logger: createLogger({ name: 'services' }) })
  const { config } = settings
  const logger = createLogger({ name: 'services', level: config.logLevel })
  const platforms = new Map<Name, ServerPlatform>()
  const services = new Map<Name, Service>()
  const stop = async () => {
    await services.get('gateway')?.stop()
    services.delete('gateway')
    await storage.stop()
    for (const name of names.toReversed()) await services.get(name)?.stop()
  }
  const close = async () => {
    settings.stop()
    await Promise.all([...platforms.values()].map((platform) => platform.close()))
  }
  const start = async (name: Name) => void services.set(name, await starts[name](platformOf(platforms, name)))
  try {
    await storage.prepared()
    // All at once, since each makes its own streams and waits for those of the others.
    await everyOne([
      () => storage.begin(),
      ...names.map((name) => async () => void platforms.set(name, await openPlatform(config, { name, settings }))),
    ])
    await everyOne(names.filter((name) => name !== 'gateway').map((name) => () => start(name)))
    // Last: it asks all the others.
    await start('gateway')
  } catch (error) {
    logger.fatal({ err: error }, 'the services cannot start')
    await stop()
    await close()
    throw error
  }
  const { bus } = platformOf(platforms, 'gateway')
  return {
    config,
    logger,
    service: { name: 'services', ready: () => servicesReady(bus), stop },
    scrape: async () => [
      ...(await scrape([...platforms.values()].map(({ metrics }) => metrics))),
      ...(await storage.ask<Scrape[]>('scrape')),
    ],
    close,
  }
}

/** Waits for all, whatever becomes of any; then throws what went wrong first. */
async function everyOne(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  await Promise.all(steps.map((step) => step().catch((error: unknown) => failures.push(error))))
  if (failures.length > 0) throw failures[0]
}

function platformOf(platforms: ReadonlyMap<Name, ServerPlatform>, name: Name): ServerPlatform {
  const platform = platforms.get(name)
  if (platform === undefined) throw new Error(`The platform of ${name} was not opened.`)
  return platform
}
