import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AggregateDeclaration, type AnyEvent, accountBookEvents, userEvents } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import { startNats, startPostgres, type TestNats, type TestPostgres } from '@pf/eventing/testing'
import { openPlatform, platformConfig, type ServerPlatform } from '@pf/service-kit'
import type { Command, Options } from '../command.ts'
import { withInstallation } from '../installation.ts'
import type { Terminal } from '../terminal.ts'

export type Live = { out: string[]; signal: AbortSignal }
export type Said = { code: number; out: string[]; err: string[] }

/** Real servers and a folder of their own, and what commands say on them. */
export type TestInstallation = {
  readonly nats: TestNats
  readonly postgres: TestPostgres
  readonly dataDir: string
  readonly environment: Readonly<Record<string, string>>
  /** As a service would: makes the master key, the schemas and the streams. */
  platform(): Promise<ServerPlatform>
  /** `live`: where lines are heard as they come, and what ends it. */
  run(command: Command, words?: readonly string[], options?: Options, live?: Live): Promise<Said>
  /** The answer with `--json`. */
  json<T>(command: Command, words?: readonly string[], options?: Options): Promise<T>
  /** The same one, its commands told other settings as well. */
  with(more: Readonly<Record<string, string>>): Pick<TestInstallation, 'run' | 'json'>
  /** Stops what `platform` has opened: nobody runs on it. */
  close(): Promise<void>
  stop(): Promise<void>
}

const runOn =
  (environment: Readonly<Record<string, string>>): TestInstallation['run'] =>
  async (command, words = [], options = {}, live = { out: [], signal: new AbortController().signal }) => {
    const said: Said = { code: 0, out: live.out, err: [] }
    const terminal: Terminal = {
      json: options['json'] === true,
      signal: live.signal,
      out: (line) => void said.out.push(line),
      err: (line) => void said.err.push(line),
    }
    const around = { makes: command.makes === true, writes: command.writes === true, say: terminal.err }
    said.code = await withInstallation('/', environment, around, (installation) =>
      command.run({ words, options }, { installation, terminal }),
    )
    return said
  }

export async function startInstallation(more: Readonly<Record<string, string>> = {}): Promise<TestInstallation> {
  const [nats, postgres, dataDir] = await Promise.all([
    startNats(),
    startPostgres(),
    mkdtemp(join(tmpdir(), 'pf-log-')),
  ])
  const environment = {
    PF_DATA_DIR: dataDir,
    NATS_URL: `nats://${nats.url}`,
    DATABASE_URL: postgres.url,
    LOG_LEVEL: 'silent',
    ...more,
  }
  const opened: ServerPlatform[] = []
  const close = async () => {
    for (const platform of opened.splice(0)) await platform.close()
  }
  const commandsOf = (environment: Readonly<Record<string, string>>): Pick<TestInstallation, 'run' | 'json'> => {
    const run = runOn(environment)
    return {
      run,
      async json<T>(command: Command, words?: readonly string[], options: Options = {}) {
        const { out } = await run(command, words, { ...options, json: true })
        // The command's own answer, as its spec expects it.
        return JSON.parse(out.join('\n')) as T
      },
    }
  }
  return {
    nats,
    postgres,
    dataDir,
    environment,
    async platform() {
      const platform = await openPlatform(platformConfig(environment), { name: 'log' })
      opened.push(platform)
      return platform
    },
    ...commandsOf(environment),
    with: (more) => commandsOf({ ...environment, ...more }),
    close,
    async stop() {
      await close()
      await Promise.all([nats.stop(), postgres.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export const uuid = (n: number): string => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`
export const space = uuid(1)
export const user = uuid(2)
/** Stands in bodies alone: who does not open them never sees it. */
export const marker = 'Marmalade'

const registered = {
  userId: user,
  spaceId: space,
  username: marker,
  roles: ['user'],
  registeredAt: '2026-11-01T12:00:00Z',
}
const started = (n: number) => ({ userId: user, sessionId: uuid(100 + n), startedAt: '2026-11-01T12:00:00Z' })

/** A user with three sessions (the last two in one message), and a renamed account. */
export async function writeLog(platform: ServerPlatform): Promise<void> {
  await platform.keys.createSpaceKey(space)
  const append = async (
    declaration: AggregateDeclaration,
    aggregateId: string,
    commandId: string,
    ...events: AnyEvent[]
  ) => {
    const decider = { initial: 0, decide: () => events, evolve: (count: number) => count + 1 }
    const { eventLog: log, keys: sealer, clock, ids } = platform
    const handler = createCommandHandler({ ...declaration, decider }, { log, sealer, clock, ids })
    const context = { commandId, correlationId: 'first-request', causationId: 'somebody' }
    await handler.handle({ spaceId: space, aggregateId }, {}, context)
  }
  await append(userEvents, user, 'register', { type: 'UserRegistered', data: registered })
  await append(userEvents, user, 'start-1', { type: 'SessionStarted', data: started(1) })
  await append(
    userEvents,
    user,
    'start-2',
    { type: 'SessionStarted', data: started(2) },
    { type: 'SessionStarted', data: started(3) },
  )
  const renamed = { accountId: uuid(7), name: `${marker} savings` }
  await append(accountBookEvents, space, 'rename', { type: 'AccountRenamed', data: renamed })
}
