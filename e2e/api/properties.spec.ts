import { Client } from '../src/client.ts'
import { findSchemathesis, schemathesis } from '../src/schemathesis.ts'
import { System } from '../src/system.ts'

const command = findSchemathesis()
/** `PF_PROPERTY_SECONDS=1800 PF_PROPERTY_SEED=7 npm run e2e -- e2e/api/properties` asks for longer, and for others. */
const seconds = Number(process.env['PF_PROPERTY_SECONDS'] ?? 60)
const seed = Number(process.env['PF_PROPERTY_SEED'] ?? 1)

const where = command === undefined ? describe.skip : describe
where('any request that the OpenAPI document allows, and many that it does not', () => {
  let system: System
  beforeAll(async () => {
    system = await System.start({ env: { PF_RATE_PER_USER: '0', PF_RATE_PER_ADDRESS: '0' } })
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it(
    `is answered as documented: no 5xx, no other status, no other shape (seed ${seed})`,
    async () => {
      // The first user is the operator, whose keys of providers must not be played with.
      await Client.registered(system, 'operator')
      const sam = await Client.registered(system)
      const connection = await sam.connectDemoBank()
      await sam.settled({ connection_id: connection })
      const { ok, said } = await schemathesis(system, { command: command ?? '', token: sam.token, seed, seconds })
      if (!ok) throw new Error(said)
      expect(Number(/(\d+) generated/.exec(said)?.[1])).toBeGreaterThan(200)
    },
    2 * 60_000 + 2_000 * seconds,
  )
})
