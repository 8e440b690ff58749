import { openConfigured, runAlone } from '@pf/service-kit'
import { startConnection } from './start.ts'

await runAlone(() => openConfigured('connection'), startConnection)
