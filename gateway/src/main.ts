import { openConfigured, runAlone } from '@pf/service-kit'
import { startGateway } from './start.ts'

const platform = await openConfigured('gateway')
await runAlone(
  async () => platform,
  () => startGateway(platform),
)
