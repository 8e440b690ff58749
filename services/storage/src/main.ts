import { openConfigured, runAlone } from '@pf/service-kit'
import { startStorage } from './start-storage.ts'

await runAlone(() => openConfigured('storage'), startStorage)
