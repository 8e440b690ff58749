import { Client } from '../src/client.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

describe('the services, each in a process of its own', () => {
  let system: System
  beforeAll(async () => {
    system = await System.start({ env: { PF_SERVICES: 'apart' } })
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it('run the same line from the bank to the answers', async () => {
    const sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    const syncs = await sam.settled({ connection_id: connection })
    expect(syncs.map((sync) => sync.status)).toEqual(syncs.map(() => 'completed'))
    expect(await expectTruth(system, sam)).toBeGreaterThanOrEqual(900)
  }, 120_000)

  it('work on while one of them is killed and comes back', async () => {
    const sam = await Client.registered(system)
    system.kill('storage')
    const connection = await sam.connectDemoBank()
    const syncs = await sam.settled({ connection_id: connection })
    expect(syncs.map((sync) => sync.status)).toEqual(syncs.map(() => 'completed'))
    await expectTruth(system, sam)
  }, 120_000)
})
