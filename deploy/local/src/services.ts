import { startAnalytics } from '@pf/analytics'
import { startAuth } from '@pf/auth'
import { startConnection } from '@pf/connection'
import { startExtraction } from '@pf/extraction'
import { startGateway } from '@pf/gateway'
import { openPlatform, platformConfig, runAlone, type Service } from '@pf/service-kit'
import { startStorage } from '@pf/storage'

/**
 * All services and the gateway in one process, on one platform. They still talk over the bus and the log only: apart
 * (`npm run start:<service>`) they are the same.
 */
const platform = await openPlatform(platformConfig(), { name: 'services' })
await runAlone(
  async () => platform,
  async (): Promise<Service> => {
    const services: Service[] = []
    const stop = async () => {
      for (const service of services.splice(0).reverse()) await service.stop()
    }
    const ready = async () => {
      const states = await Promise.all(services.map((service) => service.ready()))
      return Object.assign({}, ...states) as Record<string, string>
    }
    try {
      for (const start of [startAuth, startConnection, startExtraction, startStorage, startAnalytics]) {
        services.push(await start(platform))
      }
      services.push(await startGateway(platform, { dependencies: ready }))
    } catch (error) {
      await stop()
      throw error
    }
    return { name: 'services', ready, stop }
  },
)
