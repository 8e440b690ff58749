import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Child, type ChildSpec, type Hopeless, misconfigured } from './child.ts'
import { isSupervised, stopOrphans } from './orphans.ts'
import { startTimeOf } from './process-table.ts'

const folder = mkdtempSync(join(tmpdir(), 'pf-child-'))
const living: Child[] = []
afterAll(async () => {
  for (const child of living) await child.stop()
  rmSync(folder, { recursive: true, force: true })
})

function child(script: string, over: Partial<ChildSpec> = {}) {
  const hopeless: Hopeless[] = []
  const made = new Child(
    {
      name: 'worker',
      command: process.execPath,
      args: ['-e', script],
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 1000,
      logFile: join(folder, `${living.length}.log`),
      ready: async () => undefined,
      ...over,
    },
    { hopeless: (error) => hopeless.push(error), change: () => undefined },
  )
  living.push(made)
  return { made, hopeless }
}

async function until(condition: () => boolean, deadlineMs = 15_000): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`The condition did not come true within ${deadlineMs} ms.`)
    await wait(20)
  }
}

const forever = 'setInterval(() => {}, 1000)'

describe('a supervised child', () => {
  it('is started again when it was killed', async () => {
    const { made } = child(forever)
    await made.start()
    const first = made.pid ?? 0
    process.kill(first, 'SIGKILL')
    await until(() => made.pid !== first)
    expect(startTimeOf(made.pid ?? 0)).toBeDefined()
    await made.stop()
    expect(startTimeOf(made.pid ?? 0)).toBeUndefined()
  })

  it('is given up after five deaths within a minute, with one message', async () => {
    const counter = join(folder, 'deaths')
    writeFileSync(counter, '')
    const { made, hopeless } = child(`require('fs').appendFileSync(${JSON.stringify(counter)}, 'x'); process.exit(1)`)
    await made.start()
    await until(() => hopeless.length > 0)
    expect(hopeless[0]?.message).toMatch(/died 5 times within a minute/)
    expect(readFileSync(counter, 'utf8')).toBe('xxxxx')
  }, 20_000)

  it('is not started again where its settings are wrong', async () => {
    const { made, hopeless } = child(`process.exit(${misconfigured})`)
    await made.start()
    await until(() => hopeless.length > 0)
    expect(hopeless).toHaveLength(1)
  })

  it('that does not stop when asked is stopped all the same', async () => {
    const { made } = child(`process.on('SIGTERM', () => {}); ${forever}`)
    await made.start()
    await wait(300)
    await made.stop()
    expect(startTimeOf(made.pid ?? 0)).toBeUndefined()
  })
})

describe('what a killed supervisor leaves behind', () => {
  const supervisor = { pid: 1, startTime: 'never' }

  it('is not started anew where it is stopped for good meanwhile', async () => {
    const { made } = child(forever)
    await made.start()
    const before = made.pid
    const restarting = made.restart()
    await made.stop()
    await restarting
    expect([made.pid, made.identity()]).toEqual([before, undefined])
  })

  it('is recognised by pid and start time, and stopped', async () => {
    const { made } = child(forever)
    await made.start()
    const identity = made.identity()
    if (identity === undefined) throw new Error('The child has no identity.')
    const orphan = { ...identity, stopSignal: 'SIGTERM' as const }
    // Its parent here would start it again: it is stopped on purpose, as if nobody supervised it.
    const stopping = made.stop()
    expect(await stopOrphans({ supervisor, children: [orphan] })).toEqual(['worker'])
    await stopping
  })

  it('is left alone where the pid is somebody else’s by now', async () => {
    const { made } = child(forever)
    await made.start()
    const stranger = {
      name: 'worker',
      pid: made.pid ?? 0,
      startTime: 'Thu Jan  1 00:00:00 1970',
      stopSignal: 'SIGTERM' as const,
    }
    expect(await stopOrphans({ supervisor, children: [stranger] })).toEqual([])
    expect(startTimeOf(made.pid ?? 0)).toBeDefined()
  })

  it('is not taken for left behind while its supervisor lives', () => {
    const startTime = startTimeOf(process.pid) ?? ''
    expect(isSupervised({ supervisor: { pid: process.pid, startTime }, children: [] })).toBe(true)
    expect(isSupervised({ supervisor, children: [] })).toBe(false)
  })
})
