import { startNats } from '@pf/eventing/testing'
import { describeBus } from './describe-bus.ts'
import { natsWire } from './nats-wire.ts'

describeBus('NATS', async () => {
  const nats = await startNats()
  return { wire: async () => natsWire(await nats.connect()), close: () => nats.stop() }
})
