import { systemTiming } from '@pf/eventing'
import { createGate } from './gate.ts'

describe('the gate of a process', () => {
  it('tells what is under way to stop and waits until it has', async () => {
    const gate = createGate(systemTiming)
    const steps: string[] = []
    const working = gate.pass('one', async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await Promise.resolve()
      steps.push('ended')
      signal.throwIfAborted()
    })
    const failed = expect(working).rejects.toMatchObject({ name: 'BeingErased' })
    await gate.clear('one', 10_000)
    steps.push('clear')
    await failed
    expect(steps).toEqual(['ended', 'clear'])
  })

  it('leaves other spaces, and what comes later, alone', async () => {
    const gate = createGate(systemTiming)
    const other = gate.pass('other', async (signal) => {
      await gate.clear('one', 10_000)
      return signal.aborted
    })
    expect(await other).toBe(false)
    expect(await gate.pass('one', async (signal) => signal.aborted)).toBe(false)
  })

  it('gives up on what does not end, and says so', async () => {
    const gate = createGate(systemTiming)
    const forever = Promise.withResolvers<void>()
    const stuck = gate.pass('one', () => forever.promise)
    await expect(gate.clear('one', 1)).rejects.toThrow(/did not end/)
    forever.resolve()
    await stuck
  })
})
