import { randomBytes } from 'node:crypto'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { type ReceivedSpan, type Receiver, startReceiver } from '../src/otlp-receiver.ts'
import { Replica } from '../src/replica.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

describe('the services, each in a process of its own', () => {
  let system: System
  let receiver: Receiver
  beforeAll(async () => {
    receiver = await startReceiver()
    system = await System.start({ env: { PF_SERVICES: 'apart', OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint } })
  }, 180_000)
  afterAll(async () => {
    await system?.end()
    await receiver?.stop()
  }, 60_000)

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

  it('are exchanged one after the other, each for one that runs beside it first, and back, while syncs run: nothing is lost', async () => {
    // Connected before the bank's clock moves: its history holds all that the bank knows.
    const sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    const refused: string[] = []
    let asking = true
    const asked = (async () => {
      while (asking) {
        const { status, body } = await sam.call('GET', '/transactions?limit=50')
        if (status !== 200) refused.push(`${status} ${JSON.stringify(body)}`)
      }
    })()
    for (const service of ['auth', 'connection', 'extraction', 'storage', 'analytics'] as const) {
      await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
      const run = await sam.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
      // Forward: the new one is ready, the old one ends. Back: the supervisor's next one is there, the new one ends.
      const next = await Replica.start(system, service)
      const old = system.pidOf(service)
      process.kill(old, 'SIGTERM')
      await eventually(() => system.pidOf(service) !== old && saysReady(system.log(service)), 60_000)
      expect([service, await next.stop()]).toEqual([service, 0])
      const syncs = await sam.settled({ run_id: run.run_id })
      expect(syncs.map(({ status }) => status)).toEqual(syncs.map(() => 'completed'))
    }
    asking = false
    await asked
    // Nobody was turned away; where the marts' shard changed hands, who asked was told to come again.
    expect(refused.filter((said) => !said.startsWith('503'))).toEqual([])
    await eventually(async () => (await sam.call('GET', '/accounts')).status === 200, 60_000)
    expect(await expectTruth(system, sam)).toBeGreaterThanOrEqual(900)
  }, 240_000)

  it('are one trace, from the request to the mart, each piece of work below the one that led to it', async () => {
    const sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection })
    const traceId = randomBytes(16).toString('hex')
    const caller = randomBytes(8).toString('hex')
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 2 })
    const traceparent = `00-${traceId}-${caller}-01`
    const path = `/connections/${connection}/sync`
    const run = await sam.expect<Rest.SyncRun>(202, 'POST', path, undefined, { traceparent })
    await sam.settled({ run_id: run.run_id })

    // The way of a sync, backwards from the mart: whose child each is, and in which process it ran.
    const way = [
      ['pf-analytics', 'append mart'],
      ['pf-analytics', /^react .*materialise/],
      ['pf-storage', /^react /],
      ['pf-extraction', /^react /],
      ['pf-extraction', 'answer extraction.sync'],
      ['pf-gateway', 'ask extraction.sync'],
      ['pf-gateway', 'POST /connections/:id/sync'],
    ] as const
    const walked = await eventually(() => wayUp(receiver.spansOf(traceId), 'append mart'), 60_000)
    expect(walked.map(({ service, name }) => [service, name])).toEqual(
      way.map(([service, name]) => [service, typeof name === 'string' ? name : expect.stringMatching(name)]),
    )
    expect(walked.at(-1)?.parent).toBe(caller)

    const spans = receiver.spansOf(traceId)
    const named = (start: string) => spans.filter(({ name }) => name.startsWith(start)).length
    for (const kind of ['sql ', 'objects put', 'objects get', 'marts load', 'append '])
      expect([kind, named(kind)]).not.toEqual([kind, 0])
    // Ids and names of code: nothing that a bank or a person said, and nobody's id.
    const said = JSON.stringify(spans.map(({ name, attributes }) => ({ name, attributes })))
    expect(said).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|GB\d\d|sam-/)
  }, 180_000)
})

/**
 * From a span of that name to the one whose parent is not among them: the shortest of these ways, since the sync of one account
 * may be what set off that of the next.
 */
function wayUp(spans: readonly ReceivedSpan[], name: string): ReceivedSpan[] {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const ways = spans.filter((span) => span.name === name).map((span) => wayFrom(span, byId))
  const whole = ways.filter((way) => way.at(-1)?.name.startsWith('POST '))
  const [shortest] = whole.sort((one, other) => one.length - other.length)
  if (shortest !== undefined) return shortest
  const ends = ways.map((way) => way.map((span) => `${span.service} ${span.name}`).join(' < '))
  throw new Error(`No way begins at the request: ${ends.join('; ') || 'there is none'}.`)
}

function wayFrom(span: ReceivedSpan, byId: ReadonlyMap<string, ReceivedSpan>): ReceivedSpan[] {
  const way: ReceivedSpan[] = []
  for (let at: ReceivedSpan | undefined = span; at !== undefined; at = byId.get(at.parent)) way.push(at)
  return way
}

/** Of a log that all processes of a service have written, one after the other. */
const saysReady = (log: string): boolean => log.lastIndexOf('"msg":"ready"') > log.lastIndexOf('"msg":"stopping"')
