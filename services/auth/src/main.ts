import { openConfigured, runAlone } from '@pf/service-kit'
import { startAuth } from './start-auth.ts'

const platform = await openConfigured('auth')
await runAlone(
  async () => platform,
  () => startAuth(platform),
)
