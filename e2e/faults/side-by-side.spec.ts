import { Client } from '../src/client.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

describe('two instances side by side', () => {
  const systems: System[] = []
  afterAll(() => Promise.all(systems.map((system) => system.end())), 60_000)

  it('know nothing of each other', async () => {
    for (const system of await Promise.all([System.start(), System.start()])) systems.push(system)
    const [one, other] = systems
    if (one === undefined || other === undefined) throw new Error('Two systems were started.')
    const sam = await Client.registered(one, 'sam')
    const namesake = await Client.registered(other, 'sam')
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    expect(await expectTruth(one, sam)).toBeGreaterThanOrEqual(900)
    expect(await namesake.accounts()).toEqual([])
    const stranger = await fetch(`${other.api}/auth/me`, { headers: { authorization: `Bearer ${sam.token}` } })
    expect(stranger.status).toBe(401)
  }, 180_000)
})
