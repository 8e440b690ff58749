import { openPlatform, platformConfig, runAlone } from '@pf/service-kit'
import { startConnection } from './start.ts'

await runAlone(() => openPlatform(platformConfig(), { name: 'connection' }), startConnection)
