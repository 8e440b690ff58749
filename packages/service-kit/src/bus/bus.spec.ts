import { describeBus } from './describe-bus.ts'
import { memoryWire } from './memory-wire.ts'

describeBus('memory', async () => {
  const wire = memoryWire()
  return { wire: async () => wire, close: async () => undefined }
})
