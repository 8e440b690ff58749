import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { type SpaceErasureEvent, spaceErasureEvents, systemSpace } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import { erasures } from './erasures.ts'
import { withInstallation } from './installation.ts'
import { showHistory } from './show.ts'
import { streams } from './streams.ts'
import { instantOf, tail } from './tail.ts'
import { marker, space, startInstallation, type TestInstallation, user, uuid, writeLog } from './testing/written-log.ts'
import { verify } from './verify.ts'

/** What no command handler of ours would write. */
const forged = {
  'ce-id': 'forged',
  'ce-time': '2026-11-01T12:00:00Z',
  'ce-type': 'AccountRenamed',
  'es-version': '2',
  'es-count': '1',
  'es-key': 'k',
  'es-hash': '0'.repeat(64),
}
const body = new Uint8Array([1])

let installation: TestInstallation
beforeAll(async () => {
  installation = await startInstallation()
  await writeLog(await installation.platform())
}, 120_000)
afterAll(() => installation?.stop())

describe('log streams', () => {
  it('counts what each stream holds', async () => {
    const { streams: found, missing } = await installation.json<{ streams: object[]; missing: string[] }>(streams)
    expect(missing).toEqual([])
    expect(found).toHaveLength(5)
    expect(found.at(-1)).toMatchObject({
      stream: 'EVT_AUTH',
      messages: 3,
      aggregates: 1,
      firstSeq: 1,
      lastSeq: 3,
      erased: 0,
      replicas: 1,
      reactions: [],
    })
    expect(found.at(-1)).not.toHaveProperty('differs')
  })

  it('names how far each reaction is', async () => {
    const { eventLog } = await installation.platform()
    const seen: number[] = []
    const running = await eventLog.react({
      context: 'auth',
      name: 'witness',
      handle: async ({ seq }) => void seen.push(seq),
    })
    try {
      await eventually(() => expect(seen).toHaveLength(3))
    } finally {
      await running.stop()
    }
    await eventually(async () => {
      const { out } = await installation.run(streams)
      expect(out).toContain('witness has acknowledged auth up to 3; 0 to come, 0 under way')
    })
  })

  it('says in words what is not as declared', async () => {
    const jsm = await jetstreamManager(await installation.nats.connect())
    await jsm.streams.update('EVT_STORAGE', { max_msgs: 1000 })
    const { code, out } = await installation.run(streams)
    expect(code).toBe(1)
    expect(out.find((line) => line.startsWith('EVT_STORAGE'))).toMatch(/NO$/)
    expect(out.at(-1)).toContain('max_msgs is 1000, declared is -1')
    await jsm.streams.update('EVT_STORAGE', { max_msgs: -1 })
    expect((await installation.run(streams)).code).toBe(0)
  })
})

describe('log tail', () => {
  const seqs = async (options: Record<string, string | boolean>, word = 'auth') => {
    const { out } = await installation.run(tail, [word], { json: true, ...options })
    return out.map((line) => JSON.parse(line) as { seq: number; version: number; events?: unknown })
  }

  it('prints headers, and nothing that a person said', async () => {
    const { out } = await installation.run(tail)
    expect(out).toHaveLength(4)
    expect(out.join()).toContain('UserRegistered')
    expect(out.join()).toContain('cause somebody')
    expect(out.join()).not.toContain(marker)
    expect((await seqs({})).map(({ seq, version }) => [seq, version])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })

  it('opens bodies where it is asked to', async () => {
    const { out } = await installation.run(tail, [], { open: true })
    expect(out.filter((line) => line.includes(marker))).toHaveLength(2)
  })

  it('says why it cannot open them where the master key is not at hand', async () => {
    const key = join(installation.dataDir, 'elsewhere.key')
    const without = { ...installation.environment, PF_MASTER_KEY_FILE: key }
    const opening = withInstallation('/', without, { makes: false, say: () => undefined }, (found) =>
      tail.run(
        { words: [], options: { open: true } },
        { installation: found, terminal: { json: false, signal: AbortSignal.timeout(60_000), out() {}, err() {} } },
      ),
    )
    await expect(opening).rejects.toMatchObject({ code: 'master_key_missing' })
    await expect(opening).rejects.toThrow('--open needs the master key')
  })

  it('narrows to the last, a type, a space, an aggregate and a time', async () => {
    expect((await seqs({ last: '1' })).map(({ seq }) => seq)).toEqual([3])
    expect((await seqs({ type: 'SessionStarted' })).map(({ seq }) => seq)).toEqual([2, 3])
    expect(await seqs({ space: uuid(9) })).toEqual([])
    expect(await seqs({ aggregate: 'account_book' })).toEqual([])
    expect(await seqs({ since: '2d' })).toHaveLength(3)
    expect(await seqs({ since: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
  })

  it('follows until it is told to end', async () => {
    const stop = new AbortController()
    const out: string[] = []
    const live = { out, signal: stop.signal }
    const following = installation.run(tail, ['auth'], { last: '0', follow: true, json: true }, live)
    const { eventLog } = await installation.platform()
    let appended = 0
    // When the follower stands cannot be seen from outside: it tells of the first message after.
    await eventually(async () => {
      const subject = `evt.auth.user.${space}.${uuid(50 + appended++)}`
      const messageId = subject
      await eventLog.append({ subject, expectedSeq: 0, messageId, headers: { ...forged, 'ce-id': subject }, body })
      expect(out).not.toEqual([])
    }, 30_000)
    stop.abort()
    expect((await following).code).toBe(0)
    const told = out.map((line) => (JSON.parse(line) as { commandId: string }).commandId)
    expect(told[0]).toMatch(/^evt\.auth\.user/)
    expect(new Set(told).size).toBe(told.length)
  })
})

describe('log show', () => {
  it('tells the whole history of an aggregate by its id or its subject', async () => {
    const [byId] = await installation.json<{ subject: string; messages: { types: string[] }[] }[]>(showHistory, [user])
    expect(byId?.subject).toBe(`evt.auth.user.${space}.${user}`)
    expect(byId?.messages.map(({ types }) => types.length)).toEqual([1, 1, 2])
    const { code, out } = await installation.run(showHistory, [`evt.auth.user.${space}.${user}`])
    expect(code).toBe(0)
    expect(out[0]).toContain('3 messages, 4 events, versions and hashes follow')
    expect(out[3]).toContain('v3–4')
    expect(out.join()).not.toContain(marker)
  })

  it('opens it where it is asked to', async () => {
    const { out } = await installation.run(showHistory, [user], { open: true })
    expect(out.join()).toContain(marker)
  })

  it('says what it did not find', async () => {
    await expect(installation.run(showHistory, ['nobody'])).rejects.toMatchObject({ code: 'not_found' })
    await expect(installation.run(showHistory, ['evt.auth'])).rejects.toThrow('Expected a subject')
    await expect(installation.run(showHistory, ['a*'])).rejects.toThrow('expected a subject evt')
  })
})

describe('log verify', () => {
  it('passes an honest stream, also where it opens every body', async () => {
    const { code, out } = await installation.run(verify, ['connection'], { open: true })
    expect({ code, last: out.at(-1) }).toEqual({ code: 0, last: 'No fault.' })
  })

  it('names a message that does not follow, with its aggregate', async () => {
    const nats = await installation.nats.connect()
    const subject = `evt.connection.account_book.${space}.${space}`
    const written = headers()
    for (const [name, value] of Object.entries({ ...forged, 'Nats-Msg-Id': 'forged' })) written.set(name, value)
    const { seq } = await jetstream(nats).publish(subject, body, { headers: written })
    const { code, out } = await installation.run(verify, ['connection'])
    expect(code).toBe(1)
    expect(out).toContainEqual(expect.stringContaining(`FAULT connection ${seq} hash ${subject}`))
    expect((await installation.run(showHistory, [subject])).code).toBe(1)
  })

  it('names a message that is gone', async () => {
    const jsm = await jetstreamManager(await installation.nats.connect())
    await jsm.streams.deleteMessage('EVT_AUTH', 2)
    const { faults } = await installation.json<{ faults: { kind: string; seq: number }[] }>(verify, ['auth'])
    expect(faults).toContainEqual(expect.objectContaining({ kind: 'missing', seq: 2 }))
  })
})

describe('an instant for --since', () => {
  const now = new Date('2026-11-10T12:00:00Z')
  it.each([
    ['30m', '2026-11-10T11:30:00.000Z'],
    ['2h', '2026-11-10T10:00:00.000Z'],
    ['3d', '2026-11-07T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T08:00:00Z', '2026-11-01T08:00:00.000Z'],
  ])('is read from %s', (said, instant) => {
    expect(instantOf(said, now).toISOString()).toBe(instant)
  })

  it.each(['yesterday', '3', '2026-13-01', '5w'])('is refused from %s', (said) => {
    expect(() => instantOf(said, now)).toThrow('--since')
  })
})

describe('log erasures', () => {
  it('names what was promised and is not done, and is content when nothing is', async () => {
    expect(await installation.run(erasures)).toMatchObject({ code: 0, out: ['Nothing waits to be erased.'] })
    const { keys, eventLog: log, clock, ids, ledger } = await installation.platform()
    await keys.createSpaceKey(systemSpace)
    const decider = { initial: 0, decide: (event: SpaceErasureEvent) => [event], evolve: () => 0 }
    const handler = createCommandHandler({ ...spaceErasureEvents, decider }, { log, sealer: keys, clock, ids })
    const at = { spaceId: systemSpace, aggregateId: uuid(700) }
    const erasureId = at.aggregateId
    const of = { spaceId: uuid(701), userId: uuid(702), requestedAt: '2026-11-01T12:00:00Z' }
    await handler.handle(at, { type: 'SpaceErasureRequested', data: { erasureId, ...of } }, { commandId: 'asked' })
    const pending = (state: string) => ({
      erasures: [{ id: erasureId, of: 'space', state, since: expect.any(String) }],
    })
    expect(await installation.json(erasures)).toEqual(pending('asked'))
    await ledger.append({ fact: 'erasing', erasureId, scope: { of: 'space', spaceId: of.spaceId } })
    expect(await installation.json(erasures)).toEqual(pending('erasing'))
    expect((await installation.run(erasures)).code).toBe(1)
    const erasedAt = of.requestedAt
    await handler.handle(at, { type: 'SpaceErased', data: { erasureId, erasedAt } }, { commandId: 'erased' })
    expect(await installation.json(erasures)).toEqual({ erasures: [] })
  })
})
