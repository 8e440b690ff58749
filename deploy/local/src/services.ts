import { startAnalytics } from '@pf/analytics'
import { startAuth } from '@pf/auth'
import { startConnection } from '@pf/connection'
import { startExtraction } from '@pf/extraction'
import { startGateway } from '@pf/gateway'
import {
  createLogger,
  openPlatform,
  openSettings,
  prepareDatabase,
  type RunningProcess,
  runProcess,
  type Scrape,
  type ServerPlatform,
  type Service,
  scrape,
  servicesReady,
} from '@pf/service-kit'
import { startThread, type Thread } from './threads.ts'

const starts = {
  auth: startAuth,
  connection: startConnection,
  extraction: startExtraction,
  analytics: startAnalytics,
  // Last: it asks all the others.
  gateway: startGateway,
} as const satisfies Record<string, (platform: ServerPlatform) => Promise<Service>>

type Name = keyof typeof starts
const names = Object.keys(starts) as Name[]

/**
 * All services and the gateway in one process, each on a platform of its own, as its own user of the broker; storage on a
 * thread besides. They talk over the bus and the log only: apart (`npm run start:<service>`) they are the same.
 */
await runProcess(async (): Promise<RunningProcess> => {
  const settings = await openSettings({ logger: createLogger({ name: 'services' }) })
  const { config } = settings
  const logger = createLogger({ name: 'services', level: config.logLevel })
  const platforms = new Map<Name, ServerPlatform>()
  const services: Service[] = []
  let storage: Thread | undefined
  const stop = async () => {
    const gateway = services.at(-1)
    if (gateway?.name === 'gateway') await services.pop()?.stop()
    await storage?.stop()
    for (const service of services.splice(0).reverse()) await service.stop()
  }
  const close = async () => {
    settings.stop()
    await Promise.all([...platforms.values()].map((platform) => platform.close()))
  }
  try {
    await prepareDatabase(config)
    // All at once, since each makes its own streams and waits for those of the others.
    await everyOne([
      async () => {
        // A bank's whole history is parsed there: with a young generation of 8 MB a third of the time went into garbage.
        storage = await startThread(new URL('./storage-thread.js', import.meta.url), { maxYoungGenerationSizeMb: 48 })
      },
      ...names.map((name) => async () => void platforms.set(name, await openPlatform(config, { name, settings }))),
    ])
    for (const [name, start] of Object.entries(starts)) services.push(await start(platformOf(platforms, name as Name)))
  } catch (error) {
    logger.fatal({ err: error }, 'the services cannot start')
    await stop()
    await close()
    throw error
  }
  const { bus } = platformOf(platforms, 'gateway')
  const ofThread = () => storage?.ask<Scrape[]>('scrape') ?? []
  return {
    config,
    logger,
    service: { name: 'services', ready: () => servicesReady(bus), stop },
    scrape: async () => [
      ...(await scrape([...platforms.values()].map(({ metrics }) => metrics))),
      ...(await ofThread()),
    ],
    close,
  }
})

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
