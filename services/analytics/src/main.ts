import { openConfigured, runAlone } from '@pf/service-kit'
import { startAnalytics } from './start.ts'

await runAlone(() => openConfigured('analytics'), startAnalytics)
