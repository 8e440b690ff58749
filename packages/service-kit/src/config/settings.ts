import { systemTiming, type Timing } from '@pf/eventing'
import { startHealthServer } from '../health-server.ts'
import type { Logger } from '../logger.ts'
import { ConfigRefused, defineConfig, type Environment } from './define-config.ts'
import { readEnvironment } from './environment.ts'
import { type Parameters, ParametersRefused, readParameters } from './parameter-store.ts'
import {
  type LiveConfig,
  liveSettings,
  neededForParameters,
  type PlatformConfig,
  platformConfig,
  platformShape,
  s3Credentials,
} from './platform-config.ts'

/** `changed`: some of the live ones have other values. `failed`: they could not be read, and what was read last goes on. */
type Watcher = { changed?: () => void; failed?: () => void }

/** The settings of a process: as they were at its start, and those of them that may change as they are now. */
export type Settings = {
  readonly config: PlatformConfig
  live(): LiveConfig
  watch(watcher: Watcher): void
  /** Reads Parameter Store again. Never throws: what cannot be used is logged, and what was read last goes on. */
  refresh(): Promise<void>
  stop(): void
}

export const fixedSettings = (config: PlatformConfig): Settings => ({
  config,
  live: () => config,
  watch: () => undefined,
  refresh: async () => undefined,
  stop: () => undefined,
})

/** How long a first read goes on against a Parameter Store that throttles or does not answer. */
const firstReadMs = 60_000

const bootstrap = defineConfig({
  ...(Object.fromEntries(neededForParameters.map((name) => [name, platformShape[name]])) as Pick<
    typeof platformShape,
    (typeof neededForParameters)[number]
  >),
  bind: platformShape.bind,
  healthPort: platformShape.healthPort,
})

type Options = { logger: Logger; timing?: Timing; now?: () => number }

/**
 * The environment, else `.env`, else Parameter Store (PF_SSM_PATH), else the default. Parameter Store is read before this ends and
 * then every PF_SSM_REFRESH_SECONDS. While the first read meets a store that throttles or does not answer, `/ready` on PF_HEALTH_PORT
 * says so; after a minute, or at once where waiting cannot help, it throws ParametersRefused. Throws ConfigRefused.
 */
export async function openSettings(options: Options, environment = readEnvironment()): Promise<Settings> {
  // Without it all problems of the environment are told at once, not first those that Parameter Store waits for.
  if (!environment['PF_SSM_PATH']?.trim()) return fixedSettings(platformConfig(environment))
  const { ssmRefreshSeconds } = bootstrap(environment)
  const first = await readFirst(environment, options)
  const config = configOf(first, environment)
  const settings = new RefreshedSettings(environment, config, options)
  if (ssmRefreshSeconds > 0) settings.keepFresh(ssmRefreshSeconds * 1000)
  return settings
}

/** The environment with what Parameter Store says beneath it; the same one where there is no PF_SSM_PATH. Throws as above. */
export async function withParameters(environment: Environment): Promise<Environment> {
  const { ssmPath: path, ssmEndpoint: endpoint, ...keys } = bootstrap(environment)
  if (path === undefined) return environment
  const parameters = await readParameters({ path, endpoint, credentials: s3Credentials(keys) })
  assertUsable(parameters, path)
  const said = Object.entries(environment).filter(([, value]) => value?.trim())
  return {
    ...Object.fromEntries([...parameters].map(([name, { value }]) => [name, value])),
    ...Object.fromEntries(said),
  }
}

/** Throws ConfigRefused, which says of each problem whether Parameter Store is where to mend it. */
function configOf(whole: Environment, environment: Environment): PlatformConfig {
  try {
    return platformConfig(whole)
  } catch (error) {
    if (!(error instanceof ConfigRefused) || whole === environment) throw error
    const isThere = (problem: string) => {
      const [name = ''] = problem.split(' ')
      return whole[name] !== undefined && !environment[name]?.trim()
    }
    const place = ` (it stands in ${environment['PF_SSM_PATH']})`
    throw new ConfigRefused(error.problems.map((problem) => (isThere(problem) ? `${problem}${place}` : problem)))
  }
}

const shape = Object.entries(platformShape)

function assertUsable(parameters: Parameters, path: string): void {
  const problems = shape.flatMap(([name, { env, secret }]) => {
    const found = parameters.get(env)
    if (found === undefined) return []
    if (neededForParameters.some((one) => one === name))
      return [`${path}/${env} is in Parameter Store, which cannot be asked without it; expected it in the environment`]
    if (secret && !found.secure)
      return [
        `${path}/${env} is in Parameter Store in the clear: whoever may list parameters reads it. Expected a SecureString`,
      ]
    return []
  })
  if (problems.length > 0) throw new ConfigRefused(problems)
}

async function readFirst(environment: Environment, { logger, timing = systemTiming, now = Date.now }: Options) {
  const { healthPort, bind } = bootstrap(environment)
  const overdueMs = now() + firstReadMs
  let said = 'being read'
  let waiting: Awaited<ReturnType<typeof startHealthServer>> | undefined
  try {
    for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 10_000)) {
      try {
        return await withParameters(environment)
      } catch (error) {
        if (!(error instanceof ParametersRefused) || !error.passes || now() >= overdueMs) throw error
        logger.warn({ err: error }, 'the settings are not read yet')
        said = error.code
      }
      if (healthPort !== undefined)
        waiting ??= await startHealthServer({
          port: healthPort,
          bind,
          ready: async () => ({ settings: said }),
          metrics: async () => '',
        })
      await timing.wait(waitMs)
    }
  } finally {
    await waiting?.stop()
  }
}

class RefreshedSettings implements Settings {
  readonly config: PlatformConfig
  readonly #environment: Environment
  readonly #logger: Logger
  readonly #timing: Timing
  readonly #watchers: Watcher[] = []
  readonly #stopping = new AbortController()
  #latest: PlatformConfig
  #refreshing: Promise<void> | undefined

  constructor(environment: Environment, config: PlatformConfig, { logger, timing = systemTiming }: Options) {
    this.#environment = environment
    this.config = config
    this.#latest = config
    this.#logger = logger
    this.#timing = timing
  }

  live(): LiveConfig {
    return this.#latest
  }

  watch(watcher: Watcher): void {
    this.#watchers.push(watcher)
  }

  refresh(): Promise<void> {
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  stop(): void {
    this.#stopping.abort()
  }

  async keepFresh(everyMs: number): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await this.#timing.wait(everyMs, signal)
      if (!signal.aborted) await this.refresh()
    }
  }

  async #read(): Promise<void> {
    try {
      this.#take(configOf(await withParameters(this.#environment), this.#environment))
    } catch (error) {
      this.#logger.error({ err: error }, 'settings could not be read again; what was read last goes on')
      for (const { failed } of this.#watchers) failed?.()
    }
  }

  #take(read: PlatformConfig): void {
    const differing = changed(this.#latest, read)
    this.#latest = read
    if (differing.length === 0) return
    const [now, later] = [differing.filter(isLive), differing.filter((name) => !isLive(name))].map((names) =>
      names.map((name) => platformShape[name].env),
    )
    this.#logger.info({ now, atTheNextStart: later }, 'settings have changed')
    if (now?.length) for (const watcher of this.#watchers) watcher.changed?.()
  }
}

type Name = keyof typeof platformShape
const isLive = (name: Name) => liveSettings.some((one) => one === name)

const changed = (before: PlatformConfig, after: PlatformConfig): Name[] =>
  (Object.keys(platformShape) as Name[]).filter((name) => String(before[name]) !== String(after[name]))
