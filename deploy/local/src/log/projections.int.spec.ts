import { type UserEvent } from '@pf/contracts'
import { type Projection, projection, put, type RunningProjection, runProjection } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import type { ServerPlatform } from '@pf/service-kit'
import { projections, quarantine, rebuild } from './projections.ts'
import { space, startInstallation, type TestInstallation, user, writeLog } from './testing/written-log.ts'

type Row = { sessionId: string; spaceId: string }
type Overview = {
  name: string
  parked: number
  builds: { state: string; version: number; build: number; lag: number }[]
}

const sessions = (isBroken: () => boolean): Projection<UserEvent, Row> =>
  projection<UserEvent, Row>({
    name: 'sessions',
    version: 1,
    context: 'auth',
    table: { name: 'sessions', columns: { sessionId: 'text', spaceId: 'text' }, key: ['sessionId'], space: 'spaceId' },
    on: {
      SessionStarted({ sessionId }, { spaceId }) {
        if (isBroken()) throw new Error('a handler of an older release')
        return put({ sessionId, spaceId })
      },
    },
  })

let installation: TestInstallation
let platform: ServerPlatform
let running: RunningProjection<Row> | undefined
let broken = true

beforeAll(async () => {
  installation = await startInstallation()
  platform = await installation.platform()
  await writeLog(platform)
  const { eventLog: log, keys: sealer, readModels: store } = platform
  running = runProjection(
    sessions(() => broken),
    { log, sealer, store, onError: () => undefined },
  )
  await eventually(async () => expect((await store.builds.parked())[0]?.messages).toBe(2), 30_000)
}, 120_000)
afterAll(async () => {
  await running?.stop()
  await installation?.stop()
})

describe('log projections', () => {
  it('tells which build is read, how far it is, and that something is parked', async () => {
    const [found] = await installation.json<Overview[]>(projections)
    expect(found).toMatchObject({
      name: 'sessions',
      parked: 1,
      builds: [{ version: 1, build: 1, state: 'read', lag: 0 }],
    })
    const { code, out } = await installation.run(projections, ['sessions'])
    expect(code).toBe(1)
    expect(out[1]).toMatch(/^sessions {4}v1 +read +auth +3 +0 +1 /)
  })

  it('names those that there are, where another is asked for', async () => {
    await expect(installation.run(projections, ['shoes'])).rejects.toThrow('there are sessions')
  })
})

describe('log quarantine', () => {
  it('says what waits and why, and never what was in it', async () => {
    const { code, out } = await installation.run(quarantine, ['list'])
    expect(code).toBe(1)
    expect(out).toHaveLength(2)
    expect(out[1]).toContain(`evt.auth.user.${space}.${user}`)
    expect(out[1]).toContain('projection sessions v1')
  })

  it('has it repeated, once its fix is running', async () => {
    broken = false
    const [parked] = await installation.json<{ id: string }[]>(quarantine, ['list'])
    expect((await installation.run(quarantine, ['retry', parked?.id ?? ''])).code).toBe(0)
    await eventually(async () => expect(await installation.json(quarantine, ['list'])).toEqual([]), 30_000)
    expect(await running?.reader.find({ where: { spaceId: space } })).toHaveLength(3)
    expect((await installation.run(projections)).code).toBe(0)
  })

  it('knows messages that a reaction gave up, too', async () => {
    const { deadLetters } = platform
    const [context, subject, eventId] = ['auth', `evt.auth.user.${space}.${user}`, 'start-1'] as const
    const reason = 'Error in handle.ts'
    await deadLetters.set({ reaction: 'auth-witness', context, subject, seq: 2, eventId, attempts: 20, reason })
    const { code, out } = await installation.run(quarantine, ['list'])
    expect(code).toBe(1)
    expect(out[1]).toContain('reaction auth-witness')
    const [letter] = await deadLetters.list()
    expect((await installation.run(quarantine, ['retry', letter?.id ?? ''])).code).toBe(0)
    expect(await deadLetters.take('auth-witness')).toMatchObject({ id: letter?.id })
    await deadLetters.remove(letter?.id ?? '')
    expect((await installation.run(quarantine, ['list'])).code).toBe(0)
  })

  it('says so where nothing waits under an id', async () => {
    await expect(installation.run(quarantine, ['retry', user])).rejects.toMatchObject({ code: 'not_set_aside' })
    await expect(installation.run(quarantine, ['forget'])).rejects.toThrow('Expected: npm run log -- quarantine')
  })
})

describe('log rebuild', () => {
  it('has a read model built beside the one that is read, which is switched to where it is equal', async () => {
    const { out } = await installation.run(rebuild, ['sessions'])
    expect(out).toEqual(['sessions v1 r2 is built beside the one that is read.'])
    await eventually(async () => {
      const [found] = await installation.json<Overview[]>(projections)
      expect(found?.builds.find(({ state }) => state === 'read')?.build).toBe(2)
    }, 60_000)
  })

  it('says so where there is none of the name, or nothing to decide', async () => {
    await expect(installation.run(rebuild, ['shoes'])).rejects.toMatchObject({ code: 'no_such_build' })
    await expect(installation.run(rebuild, ['sessions'], { accept: true })).rejects.toMatchObject({
      code: 'no_such_build',
    })
    await expect(installation.run(rebuild, ['sessions'], { accept: true, discard: true })).rejects.toThrow(
      'one of them',
    )
  })
})
