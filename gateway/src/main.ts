import { openPlatform, platformConfig, runAlone } from '@pf/service-kit'
import { startGateway } from './start.ts'

const platform = await openPlatform(platformConfig(), { name: 'gateway' })
await runAlone(
  async () => platform,
  () => startGateway(platform),
)
