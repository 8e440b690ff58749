import { setTimeout as wait } from 'node:timers/promises'
import { Controller } from '@nestjs/common'
import { requests } from '@pf/contracts'
import { Answers, openPlatform, platformConfig, runAlone, startService } from '../index.ts'

/** A process for specs of stopping: as `auth` it answers `config` after a while. Decorators are called: Node runs it as it is. */
class Slow {
  async config() {
    await wait(200)
    return { mode: 'embedded' as const, registration: 'open' as const }
  }
}
Controller()(Slow)
const method = Object.getOwnPropertyDescriptor(Slow.prototype, 'config')
if (method !== undefined) {
  Answers(requests.auth.config)(Slow.prototype, 'config', method)
  Object.defineProperty(Slow.prototype, 'config', method)
}

await runAlone(
  () => openPlatform(platformConfig(), { name: 'slow' }),
  (platform) => startService(platform, { name: 'auth', controllers: [Slow] }),
)
