import { startAnalytics } from '@pf/analytics'
import { startAuth } from '@pf/auth'
import { startConnection } from '@pf/connection'
import { startExtraction } from '@pf/extraction'
import { startGateway } from '@pf/gateway'
import { openPlatform, platformConfig, runAlone, type Service, servicesReady } from '@pf/service-kit'
import { startThread, type Thread } from './threads.ts'

/**
 * All services and the gateway in one process, on one platform; storage on a thread of its own with one of its own. They
 * still talk over the bus and the log only: apart (`npm run start:<service>`) they are the same.
 */
const platform = await openPlatform(platformConfig(), { name: 'services' })
await runAlone(
  async () => platform,
  async (): Promise<Service> => {
    const services: Service[] = []
    let storage: Thread | undefined
    const stop = async () => {
      const gateway = services.at(-1)
      if (gateway?.name === 'gateway') await services.pop()?.stop()
      await storage?.stop()
      for (const service of services.splice(0).reverse()) await service.stop()
    }
    try {
      for (const start of [startAuth, startConnection, startExtraction, startAnalytics]) {
        services.push(await start(platform))
      }
      // A bank's whole history is parsed there: with a young generation of 8 MB a third of the time went into garbage.
      storage = await startThread(new URL('./storage-thread.js', import.meta.url), {
        maxYoungGenerationSizeMb: 48,
      })
      services.push(await startGateway(platform))
    } catch (error) {
      await stop()
      throw error
    }
    return { name: 'services', ready: () => servicesReady(platform.bus), stop }
  },
)
