import { readFile } from 'node:fs/promises'
import { connect, type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'
import {
  type Context,
  contexts,
  type Participant,
  type ParticipantName,
  participantNames,
  participants,
} from '@pf/contracts'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { startNats, type TestNats } from '@pf/eventing/testing'
import { natsWire } from '../bus/nats-wire.ts'
import { publishAnswer } from '../bus/parts.ts'
import { inboxPrefixOf } from './permissions.ts'
import { passwordVariableOf, shippedUsersFile } from './users-file.ts'

const passwordOf = (name: string) => `0-secret-of-${name}`
const file = new URL('../../../../deploy/nats/users.conf', import.meta.url)

let nats: TestNats
const open: NatsConnection[] = []

beforeAll(async () => {
  nats = await startNats({
    config: await readFile(file, 'utf8'),
    env: Object.fromEntries(
      participantNames.map((name) => [passwordVariableOf(name), JSON.stringify(passwordOf(name))]),
    ),
    as: { user: 'log', pass: passwordOf('log') },
  })
  const restore = await connectAs('restore')
  await openJetStreamLog(restore.nc, { replicas: 1 })
}, 60_000)
afterEach(() => Promise.all(open.splice(0).map((nc) => nc.close())))
afterAll(async () => {
  await nats?.stop()
})

/** A connection as `openPlatform` makes it, and what the broker refused it so far. */
async function connectAs(name: ParticipantName) {
  const nc = await connect({
    servers: nats.url,
    user: name,
    pass: passwordOf(name),
    inboxPrefix: inboxPrefixOf(name),
    reconnect: false,
  })
  open.push(nc)
  const refused: string[] = []
  void (async () => {
    for await (const status of nc.status())
      if (status.type === 'error' && status.error instanceof PermissionViolationError)
        refused.push(`${status.error.operation} ${status.error.subject}`)
  })()
  return {
    nc,
    /** What was refused of `attempts`, when the broker has heard all of them. */
    async refusedOf(attempts: readonly Attempt[]): Promise<string[]> {
      for (const { attempt } of attempts) attempt(nc)
      await nc.flush()
      // The broker's errors came before its answer to the flush; their reader's turn comes after it.
      await new Promise((resolve) => setImmediate(resolve))
      return refused.splice(0)
    },
  }
}

type Attempt = { what: string; attempt: (nc: NatsConnection) => void }

const publish = (subject: string): Attempt => ({
  what: `publish ${subject}`,
  attempt: (nc) => nc.publish(subject, '{}'),
})
const subscribe = (subject: string, queue?: string): Attempt => ({
  what: `subscription ${subject}`,
  attempt: (nc) => void nc.subscribe(subject, { ...(queue && { queue }), callback: () => undefined }),
})
const api = (verb: string, context: Context, rest = '') =>
  publish(`$JS.API.${verb}.EVT_${context.toUpperCase()}${rest}`)
const ack = (context: Context) => publish(`$JS.ACK.EVT_${context.toUpperCase()}.some.1.1.1.1.1`)

const snapshots = (verb: string, context: Context) => publish(`$JS.API.STREAM.${verb}.SNAP_${context.toUpperCase()}`)

const owning = (context: Context): Attempt[] => [
  publish(`evt.${context}.thing.space.id`),
  publish(`snap.${context}.thing.space.id`),
  ...['CREATE', 'UPDATE', 'PURGE'].map((verb) => api(`STREAM.${verb}`, context)),
  ...['CREATE', 'UPDATE', 'PURGE', 'INFO', 'MSG.GET'].map((verb) => snapshots(verb, context)),
]
const reading = (context: Context): Attempt[] => [
  api('STREAM.INFO', context),
  api('STREAM.MSG.GET', context),
  api('CONSUMER.CREATE', context, `.tail-1.evt.${context}.>`),
  api('CONSUMER.DURABLE.CREATE', context, '.reaction'),
  api('CONSUMER.MSG.NEXT', context, '.reaction'),
  api('CONSUMER.DELETE', context, '.reaction'),
  ack(context),
]
const without = (some: readonly Context[]) => contexts.filter((context) => !some.includes(context))

/** What nobody may, whoever it is. */
const nobodys: Attempt[] = [
  api('DIRECT.GET', 'auth'),
  publish('$JS.API.STREAM.CREATE.OTHER'),
  publish('$SYS.REQ.SERVER.PING'),
  subscribe('>'),
  subscribe('_INBOX.>'),
  subscribe('evt.>'),
  subscribe('$JS.API.>'),
]

function forbidden(name: ParticipantName): Attempt[] {
  const { writes, answers, reads, calls }: Participant = participants[name]
  const others = participantNames.filter((other) => other !== name)
  return [
    ...nobodys,
    ...(name === 'restore' ? [] : [api('STREAM.DELETE', 'auth'), api('STREAM.RESTORE', 'auth')]),
    ...without(writes).flatMap(owning),
    ...without([...writes, ...reads]).flatMap(reading),
    ...without(calls).flatMap((service) => [publish(`svc.${service}.list`), publish(`svc.${service}.cancel.1`)]),
    ...without(answers).flatMap((service) => [
      subscribe(`svc.${service}.list`),
      subscribe(`svc.${service}.list`, service),
      subscribe(`svc.${service}.cancel.*`),
    ]),
    // Its own requests are one replica's at a time: who listens beside the queue group is a spy.
    ...answers.flatMap((service) => [subscribe(`svc.${service}.list`), subscribe(`svc.${service}.>`, 'spies')]),
    ...others.flatMap((other) => [subscribe(`${inboxPrefixOf(other)}.>`), publish(`${inboxPrefixOf(other)}.token`)]),
  ]
}

function allowed(name: ParticipantName): Attempt[] {
  const { writes, answers, reads, calls }: Participant = participants[name]
  return [
    ...writes.flatMap(owning),
    ...[...writes, ...reads].flatMap(reading),
    ...calls.flatMap((service) => [publish(`svc.${service}.list`), publish(`svc.${service}.cancel.1`)]),
    ...answers.flatMap((service) => [subscribe(`svc.${service}.list`, service), subscribe(`svc.${service}.cancel.*`)]),
    subscribe(`${inboxPrefixOf(name)}.>`),
  ]
}

describe("the broker's users", () => {
  it('are those of the declaration (npm run nats:users -w @pf/service-kit writes them)', async () => {
    expect(await readFile(file, 'utf8')).toBe(shippedUsersFile())
  })

  it.each(participantNames)('refuse %s everything that is not its own', async (name) => {
    const attempts = forbidden(name)
    const { refusedOf } = await connectAs(name)
    expect(await refusedOf(attempts)).toEqual(attempts.map(({ what }) => what))
  })

  it.each(participantNames)('let %s do what it declares', async (name) => {
    const { refusedOf } = await connectAs(name)
    expect(await refusedOf(allowed(name))).toEqual([])
  })

  it('let a service answer who asked it, in parts, and write to nobody else’s inbox', async () => {
    const [service, gateway] = [await connectAs('connection'), await connectAs('gateway')]
    const wires = [natsWire(service.nc), natsWire(gateway.nc)] as const
    const parts = 64
    const whole = new Uint8Array(parts * 512 * 1024)
    wires[0].subscribe('svc.connection.list', ({ reply }) => publishAnswer(wires[0], reply, whole, {}), {
      queue: 'connection',
    })
    await service.nc.flush()
    const inbox = wires[1].inbox()
    let bytes = 0
    const arrived = Promise.withResolvers<void>()
    wires[1].subscribe(inbox, ({ body }) => {
      bytes += body.length
      if (bytes === whole.length) arrived.resolve()
    })
    wires[1].publish('svc.connection.list', new Uint8Array(0), { reply: inbox })
    await arrived.promise
    expect(await service.refusedOf([publish(`${inboxPrefixOf('gateway')}.other`)])).toHaveLength(1)
  })
})

describe('a permission that is missing', () => {
  it('ends an append at once, and not as one of unknown outcome', async () => {
    const { nc } = await connectAs('extraction')
    const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['extraction'], retryForMs: 60_000 })
    const request = { expectedSeq: 0, messageId: 'm', headers: { 'ce-id': 'c' }, body: new Uint8Array([1]) }
    const append = log.append({ ...request, subject: 'evt.storage.ledger.space.id' })
    await expect(append).rejects.toThrow(/Permissions Violation/)
  })
})
