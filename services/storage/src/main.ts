import { openPlatform, platformConfig, runAlone } from '@pf/service-kit'
import { startStorage } from './start-storage.ts'

await runAlone(() => openPlatform(platformConfig(), { name: 'storage' }), startStorage)
