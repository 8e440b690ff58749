import { systemClock } from '../system.ts'
import { describeProjections } from '../testing/index.ts'
import { createMemoryLog } from './memory-log.ts'
import { createMemoryProjectionStore } from './memory-projection-store.ts'

describeProjections('the memory store', async () => {
  const store = createMemoryProjectionStore()
  return { another: () => store, log: createMemoryLog({ clock: systemClock }), close: async () => {} }
})
