import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requests } from '@pf/contracts'
import { startNats, startPostgres, type TestNats, type TestPostgres } from '@pf/eventing/testing'
import { type Bus, createBus } from './bus/index.ts'

describe('a service that is told to stop under load', () => {
  let nats: TestNats
  let postgres: TestPostgres
  let dataDir: string
  let bus: Bus
  let child: ChildProcess
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'pf-stopping-'))
    nats = await startNats()
    postgres = await startPostgres()
    bus = createBus(await nats.connect())
    child = spawn(process.execPath, ['--conditions=@pf/source', join(import.meta.dirname, 'testing/slow-service.ts')], {
      stdio: 'inherit',
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PF_DATA_DIR: dataDir,
        NATS_URL: `nats://${nats.url}`,
        DATABASE_URL: postgres.url,
        LOG_LEVEL: 'silent',
      },
    })
  }, 60_000)
  afterAll(async () => {
    child?.kill('SIGKILL')
    bus?.close()
    await nats?.stop()
    await postgres?.stop()
    await rm(dataDir, { recursive: true })
  })

  it('answers all that it took, tells the rest at once that nobody is there, and ends with 0', async () => {
    const ask = () => bus.call(requests.auth.config, {}, { deadlineMs: 60_000 })
    for (;;) {
      const up = await ask().then(
        () => true,
        () => false,
      )
      if (up) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const refusals: string[] = []
    let answers = 0
    let over = false
    const crowd = Array.from({ length: 40 }, async () => {
      while (!over)
        await ask().then(
          () => answers++,
          (refusal: { detail?: string }) => {
            refusals.push(refusal.detail ?? String(refusal))
            over = true
          },
        )
    })
    while (answers < 400) await new Promise((resolve) => setTimeout(resolve, 10))
    const inTime = performance.now()
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(performance.now() - inTime).toBeLessThan(18_000)
    await Promise.all(crowd)
    expect(new Set(refusals)).toEqual(new Set(['The service that answers this is not running.']))
  }, 120_000)
})
