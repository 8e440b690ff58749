import { openPlatform, platformConfig, runAlone } from '@pf/service-kit'
import { startAnalytics } from './start.ts'

await runAlone(() => openPlatform(platformConfig(), { name: 'analytics' }), startAnalytics)
