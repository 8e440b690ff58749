import { openPlatform, platformConfig, runAlone } from '@pf/service-kit'
import { startAuth } from './start-auth.ts'

const platform = await openPlatform(platformConfig(), { name: 'auth' })
await runAlone(
  async () => platform,
  () => startAuth(platform),
)
