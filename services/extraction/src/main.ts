import { openPlatform, platformConfig, runAlone } from '@pf/service-kit'
import { startExtraction } from './start.ts'

await runAlone(() => openPlatform(platformConfig(), { name: 'extraction' }), startExtraction)
