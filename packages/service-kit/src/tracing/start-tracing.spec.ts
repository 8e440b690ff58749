import { beginSpan } from '@pf/eventing'
import { startTracing } from './start-tracing.ts'

const span = () => beginSpan({ name: 'one', kind: 'server' })

describe('tracing', () => {
  it('that could not be opened is tried again by whoever asks next', async () => {
    await expect(startTracing('no address', 'services')).rejects.toThrow('no address')
    // Nobody listens there: a collector that is away costs its spans alone.
    const stop = await startTracing('http://127.0.0.1:1', 'services')
    expect(span()?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    await stop()
    expect(span()).toBeUndefined()
  })

  it('goes on until the last who began it has stopped', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => startTracing('http://127.0.0.1:1', 'services')))
    await one?.()
    expect(span()).toBeDefined()
    await other?.()
    expect(span()).toBeUndefined()
  })
})
