import { randomUUID } from 'node:crypto'
import { type Context, contexts, type ErasureScope } from '@pf/contracts'
import { type AppendRequest, messageIdOf, subjectOf } from '@pf/eventing'
import type { Platform } from '../platform.ts'
import { type Service, startService } from '../service.ts'
import { servicesReady } from '../services-ready.ts'
import { createMemoryPlatform } from '../testing/index.ts'
import { carryOut } from './carry-out.ts'

type Stored = { spaceId: string; accountId: string }
const userId = randomUUID()

/** Five services that hold rows of spaces and one stream each, as the real ones do. */
async function system() {
  const platform = await createMemoryPlatform()
  const services = new Map<Context, Service>()
  const rows = new Map(contexts.map((context) => [context, [] as Stored[]]))
  const swept: string[] = []
  const isIn = (scope: ErasureScope) => (row: Stored) =>
    row.spaceId === scope.spaceId && (scope.of === 'space' || scope.accountIds.includes(row.accountId))

  async function start(context: Context): Promise<void> {
    const erasing = {
      context,
      aggregatesOf: async ({ accountIds }: Extract<ErasureScope, { of: 'connection' }>) =>
        accountIds.map((aggregateId) => ({ aggregate: 'thing', aggregateId })),
      async shared(scope: ErasureScope) {
        const [gone, left] = [rows.get(context)!.filter(isIn(scope)), rows.get(context)!.filter((r) => !isIn(scope)(r))]
        rows.set(context, left)
        return gone.length
      },
      own: async (scope: ErasureScope, kind: string) => void swept.push(`${context} ${kind} ${scope.spaceId}`),
    }
    // Only who holds a shard hears what is asked of it.
    const held = context === 'analytics' ? { holdShard: async () => ({ stop: async () => undefined }) } : {}
    services.set(context, await startService(platform, { name: context, erasing, ...held }))
  }
  const append = async (context: Context, { spaceId, accountId }: Stored) => {
    const subject = subjectOf({ context, aggregate: 'thing', spaceId, aggregateId: accountId })
    const request: AppendRequest = {
      subject,
      expectedSeq: (await platform.eventLog.load(subject)).at(-1)?.seq ?? 0,
      messageId: messageIdOf(subject, randomUUID()),
      headers: { 'ce-id': randomUUID(), 'es-version': '1' },
      body: new Uint8Array([1]),
    }
    return (await platform.eventLog.append(request)).seq
  }
  /** What stands of an account in the log and in rows, over all services. */
  const left = async ({ spaceId, accountId }: Stored) => {
    const subjects = contexts.map((context) =>
      subjectOf({ context, aggregate: 'thing', spaceId, aggregateId: accountId }),
    )
    const messages = (await Promise.all(subjects.map((subject) => platform.eventLog.load(subject)))).flat()
    return messages.length + [...rows.values()].flat().filter((row) => row.accountId === accountId).length
  }
  const fill = async (stored: Stored) => {
    await platform.keys.createSpaceKey(stored.spaceId)
    await platform.keys.createAccountKey(stored.spaceId, stored.accountId)
    for (const context of contexts) {
      await append(context, stored)
      rows.get(context)!.push(stored)
    }
  }
  return {
    platform,
    services,
    rows,
    swept,
    start,
    append,
    left,
    fill,
    erase: (scope: ErasureScope) => erase(platform, scope),
  }
}

const erase = (platform: Platform, scope: ErasureScope) =>
  carryOut(platform, { erasureId: `e-${scope.spaceId}`, scope, userId })

const newAccount = (spaceId: string = randomUUID()): Stored => ({ spaceId, accountId: randomUUID() })

describe('an erasure', () => {
  let world: Awaited<ReturnType<typeof system>>
  beforeEach(async () => {
    world = await system()
    for (const context of contexts) await world.start(context)
  })
  afterEach(async () => {
    for (const service of world.services.values()) await service.stop()
    await world.platform.close()
  })

  it('of a space leaves nothing of it, in any service, and nobody else less', async () => {
    const [gone, stays] = [newAccount(), newAccount()]
    for (const one of [gone, stays]) await world.fill(one)
    await world.erase({ of: 'space', spaceId: gone.spaceId })
    expect(await world.left(gone)).toBe(0)
    expect(await world.left(stays)).toBe(10)
    await expect(world.platform.keys.createSpaceKey(gone.spaceId)).rejects.toMatchObject({ name: 'KeyMissing' })
    for (const context of contexts) {
      expect(world.swept).toContain(`${context} drop ${gone.spaceId}`)
      expect(world.swept.lastIndexOf(`${context} sweep ${gone.spaceId}`)).toBeGreaterThan(0)
    }
  })

  it('of a connection takes its accounts alone, and their keys', async () => {
    const gone = newAccount()
    const stays = newAccount(gone.spaceId)
    for (const one of [gone, stays]) await world.fill(one)
    const { spaceId, accountId } = gone
    await world.erase({ of: 'connection', spaceId, connectionId: randomUUID(), accountIds: [accountId] })
    expect([await world.left(gone), await world.left(stays)]).toEqual([0, 10])
    const { keys } = world.platform
    await expect(keys.createAccountKey(spaceId, accountId)).rejects.toMatchObject({ name: 'KeyMissing' })
    expect((await keys.sealObject(spaceId, stays.accountId, new Uint8Array())).length).toBeGreaterThan(0)
  })

  it('stands in the ledger before anything goes, range by range, and last when all is gone', async () => {
    const gone = newAccount()
    await world.fill(gone)
    const seq = await world.append('storage', gone)
    await world.erase({ of: 'space', spaceId: gone.spaceId })
    const facts = (await world.platform.ledger.entries()).map(({ fact }) => fact)
    expect(facts).toEqual(['opened', 'erasing', ...contexts.map(() => 'purging'), 'erased'])
    expect(await world.platform.ledger.purged('storage', seq)).toBe(true)
    expect(await world.platform.ledger.purged('storage', seq + 1)).toBe(false)
  })

  it('destroys the keys last, when nothing is left that they sealed', async () => {
    const gone = newAccount()
    await world.fill(gone)
    const { keys, ledger } = world.platform
    const destroyed: object[] = []
    const watched: Platform = {
      ...world.platform,
      keys: {
        ...keys,
        async destroy(scope) {
          await keys.destroy(scope)
          const facts = (await ledger.entries()).map(({ fact }) => fact)
          destroyed.push({ scope, left: await world.left(gone), isTold: facts.includes('erased') })
        },
      },
    }
    const scope: ErasureScope = { of: 'space', spaceId: gone.spaceId }
    await erase(watched, scope)
    expect(destroyed).toEqual([{ scope, left: 0, isTold: false }])
  })

  it('waits for a service that is away, and goes on where it was', async () => {
    const gone = newAccount()
    await world.fill(gone)
    await world.services.get('storage')?.stop()
    await expect(world.erase({ of: 'space', spaceId: gone.spaceId })).rejects.toMatchObject({ code: 'unavailable' })
    expect((await world.platform.ledger.entries()).at(-1)?.fact).not.toBe('erased')
    await world.start('storage')
    await world.erase({ of: 'space', spaceId: gone.spaceId })
    expect(await world.left(gone)).toBe(0)
    const facts = (await world.platform.ledger.entries()).map(({ fact }) => fact)
    expect(facts.filter((fact) => fact === 'erasing' || fact === 'erased')).toEqual(['erasing', 'erased'])
  })

  it('takes what is written again while it goes on', async () => {
    const gone = newAccount()
    await world.fill(gone)
    let late = 1
    world.platform.holders.onWord(async ({ kind }) => {
      if (kind === 'sweep' && late-- > 0) world.rows.get('analytics')?.push(gone)
    })
    await world.erase({ of: 'space', spaceId: gone.spaceId })
    expect(await world.left(gone)).toBe(0)
  })

  it('is refused by services where the ledger does not know of it', async () => {
    const gone = newAccount()
    await world.fill(gone)
    const unknown = { ...world.platform, ledger: { ...world.platform.ledger, append: async () => ({}) as never } }
    await expect(
      carryOut(unknown, { erasureId: 'never-said', scope: { of: 'space', spaceId: gone.spaceId }, userId }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await world.left(gone)).toBe(10)
  })

  it('is made up for at a start on a log and rows of before', async () => {
    const gone = newAccount()
    await world.fill(gone)
    await world.erase({ of: 'space', spaceId: gone.spaceId })
    await world.services.get('storage')?.stop()
    // What a restore brings back: the message at its old sequence, and the row.
    const seqs = (await world.platform.ledger.entries()).flatMap((entry) =>
      entry.fact === 'purging' && entry.stream === 'storage' ? [entry.ranges[0]?.[0] ?? 0] : [],
    )
    const subject = subjectOf({
      context: 'storage',
      aggregate: 'thing',
      spaceId: gone.spaceId,
      aggregateId: gone.accountId,
    })
    const { eventLog } = world.platform
    const back = { subject, seq: seqs[0] ?? 0, time: new Date(0).toISOString(), headers: {}, body: new Uint8Array([1]) }
    // It was brought up to the ledger before: only the log tells that it is older by now.
    await world.start('storage')
    await world.services.get('storage')?.stop()
    await world.append('storage', gone)
    world.rows.get('storage')?.push(gone)
    const restored: Platform = {
      ...world.platform,
      eventLog: { ...eventLog, read: async (context, seq) => (seq === seqs[0] ? back : eventLog.read(context, seq)) },
    }
    const told: (string | undefined)[] = []
    const erasing = {
      context: 'storage' as const,
      aggregatesOf: async () => [],
      async shared() {
        // Whoever asks meanwhile is told why the service answers nothing yet.
        told.push((await servicesReady(world.platform.bus))['storage'])
        return world.rows.get('storage')!.splice(0).length
      },
    }
    world.services.set('storage', await startService(restored, { name: 'storage', erasing }))
    expect(await world.left(gone)).toBe(0)
    expect(told).toEqual([expect.stringContaining('erasure ledger: 1 erasures are made good')])
    expect(await servicesReady(world.platform.bus)).toMatchObject({ storage: 'ok' })
  })

  it('is made up for once: what a restored log appends at the sequences of what went is not taken for it', async () => {
    const gone = newAccount()
    await world.fill(gone)
    await world.erase({ of: 'space', spaceId: gone.spaceId })
    await world.services.get('storage')?.stop()
    const { eventLog } = world.platform
    const seq = await world.append('storage', newAccount())
    const appended = await eventLog.read('storage', seq)
    const later = { ...appended!, time: new Date(Date.now() + 60_000).toISOString() }
    const restored: Platform = {
      ...world.platform,
      eventLog: { ...eventLog, read: async (context, at) => (at < seq ? later : eventLog.read(context, at)) },
    }
    let asked = 0
    const erasing = { context: 'storage' as const, aggregatesOf: async () => [], shared: async () => ++asked }
    await startService(world.platform, { name: 'storage', erasing }).then((service) => service.stop())
    asked = 0
    world.services.set('storage', await startService(restored, { name: 'storage', erasing }))
    expect(asked).toBe(0)
  })
})
