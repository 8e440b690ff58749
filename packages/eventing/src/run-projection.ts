import type { AnyEvent } from '@pf/contracts'
import { type Follower, followBuild, longestPauseMs } from './follow-build.ts'
import type { Clock, Timing } from './ports.ts'
import { decodePosition } from './position.ts'
import { lagBehind, type ProjectParts } from './project.ts'
import type { Projection, ReadModel } from './projection.ts'
import type { Build, BuildId, Comparison, Parked, ProjectionStore } from './projection-store.ts'
import { isSame } from './raise-build.ts'
import { createReading, readableOf } from './reading.ts'
import { retryParked } from './retry-parked.ts'
import { systemClock, systemTiming } from './system.ts'

export type RunProjectionOptions = ProjectParts & {
  store: ProjectionStore
  /** What became of a build that was raised beside the one that was read. */
  onBuild?(outcome: 'switched' | 'differs', build: BuildId, comparison: Comparison | undefined): void
  /** How long a build that is not read any more goes on following, before it is dropped; a day unless told. */
  keptMs?: number
  timing?: Timing
  clock?: Clock
}

export type ProjectionStatus = {
  name: string
  context: string
  /** The version of the build that is read; of the code where none is yet. */
  version: number
  /** Of this process: it projects, it waits for another that does; `rebuilding`: nothing is read yet. */
  state: 'active' | 'standby' | 'rebuilding' | 'stopped'
  /** Why it is stopped. */
  reason: string | undefined
  lag: number
  /** Aggregates in quarantine. */
  parked: number
  builds: Build[]
}

export type RunningProjection<Row extends object> = {
  reader: ReadModel<Row>
  /** Messages of the stream that are not projected yet. Throws the error that stopped the projection for good. */
  lag(): Promise<number>
  status(): Promise<ProjectionStatus>
  parked(): Promise<Parked[]>
  /** Repeats a parked aggregate in every build of this version that has it. `not parked`: of no build. */
  retry(id: string): Promise<'healed' | 'still parked' | 'not parked'>
  stop(): Promise<void>
}

const dayMs = 24 * 3_600_000

/**
 * Starts at once and goes on until stopped. Readers read the build that is read (`builds`), whatever is built beside it;
 * where nothing of this version can be read yet they wait. Only RebuildNeeded and LogGap end it: `lag` then throws it.
 */
export function runProjection<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  options: RunProjectionOptions,
): RunningProjection<Row> {
  const { log, store, onError, timing = systemTiming, clock = systemClock, keptMs = dayMs } = options
  const { name, version, context } = projection
  const stopping = new AbortController()
  const reading = createReading(projection, store, timing, stopping.signal)
  const followers = new Map<string, Follower>()
  const parts = { ...options, timing }

  /** What cannot be dropped (a table of another role, say) is told once and left. */
  const undroppable = new Set<string>()
  const drop = async (build: Build) => {
    const key = `${build.version}/${build.build}`
    if (undroppable.has(key)) return
    await store.builds.drop(name, build).catch((error: unknown) => {
      undroppable.add(key)
      onError(error)
    })
  }
  const tend = async (builds: readonly Build[]) => {
    const isPast = ({ since }: Build) => clock.now().getTime() - Date.parse(since) >= keptMs
    const readHere = readableOf(builds, version)
    for (const build of builds) {
      const key = `${build.version}/${build.build}`
      // Code of an older version keeps what it reads as long as it runs.
      const isOld = build.state === 'retired' && isPast(build) && !isSame(build, readHere)
      const isOver = build.state === 'discarded' || isOld
      const isMine = build.version === version && !isOver
      if (isMine && !followers.has(key)) followers.set(key, followBuild(projection, build, parts, reading))
      if (isMine) continue
      await followers.get(key)?.stop()
      followers.delete(key)
      // Of an older version: whoever still runs it keeps it.
      const isLeft = build.version < version && build.state !== 'read' && isPast(build)
      if (isOver || isLeft) await drop(build)
    }
  }
  const retryAsked = async () => {
    const asked = await store.builds.asked(name)
    for (const parked of asked.filter((one) => one.version === version))
      await retryParked(projection, parked, parked.subject, parts)
  }
  const watch = async () => {
    for (let failures = 0; !stopping.signal.aborted; ) {
      const seen = store.builds.changed(stopping.signal)
      try {
        let builds = await reading.refresh()
        if (!builds.some((build) => build.version === version)) {
          await store.builds.begin(name, version)
          builds = await reading.refresh()
        }
        await tend(builds)
        await retryAsked()
        failures = 0
        await seen
      } catch (error) {
        if (stopping.signal.aborted) return
        onError(error)
        await timing.wait(Math.min(100 * 2 ** failures++, longestPauseMs), stopping.signal)
      }
    }
  }
  const watching = watch()

  const newestOf = async (): Promise<Build | undefined> => {
    const builds = await store.builds.list(name)
    return readableOf(builds, version) ?? builds.find((build) => build.version === version)
  }
  const failureOf = (build: BuildId | undefined) => build && followers.get(`${build.version}/${build.build}`)?.failure()
  const lagOf = async (build: Build | undefined) =>
    lagBehind(log, context, (build && reading.runs(build)) ?? build?.checkpoint?.seq ?? 0)
  const parked = async () => {
    const found = (await store.builds.parked(name)).filter((one) => one.version === version)
    // The builds beside each other may park the same aggregate: it is one to whoever repeats it.
    return [...new Map(found.map((one) => [one.id, one])).values()]
  }

  return {
    reader: {
      find: (query) => reading.find(query),
      caughtUpTo: async (position, timeoutMs) => reading.reaches(decodePosition(position)[context] ?? 0, timeoutMs),
    },
    async lag() {
      const build = await newestOf()
      const failure = failureOf(build)
      if (failure) throw failure
      return lagOf(build)
    },
    async status() {
      const builds = await store.builds.list(name)
      const build = await newestOf()
      const failure = failureOf(build)
      const isRead = build !== undefined && isSame(build, readableOf(builds, version))
      const state = isRead ? (reading.runs(build) === undefined ? 'standby' : 'active') : 'rebuilding'
      return {
        name,
        context,
        version: isRead ? build.version : version,
        state: failure ? 'stopped' : state,
        reason: failure?.message,
        lag: await lagOf(build),
        parked: (await parked()).length,
        builds,
      }
    },
    parked,
    async retry(id) {
      const found = (await store.builds.parked(name)).filter((one) => one.id === id && one.version === version)
      const outcomes = []
      for (const one of found) outcomes.push(await retryParked(projection, one, one.subject, parts))
      if (outcomes.includes('still parked')) return 'still parked'
      return outcomes.includes('healed') ? 'healed' : 'not parked'
    },
    async stop() {
      stopping.abort(new Error(`Projection ${name} was stopped.`))
      await watching
      await Promise.all([...followers.values()].map((follower) => follower.stop()))
    },
  }
}
