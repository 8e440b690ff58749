import { openConfigured, runAlone } from '@pf/service-kit'
import { startExtraction } from './start.ts'

await runAlone(() => openConfigured('extraction'), startExtraction)
