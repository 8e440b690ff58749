import type { Timing } from './ports.ts'
import type { FindOptions, Table } from './projection.ts'
import { type Build, BuildGone, type BuildId, type ProjectionStore, type RowReader } from './projection-store.ts'

/** How often the checkpoint is looked at while another process projects and somebody waits for a position. */
const pollMs = 25
/** Nothing has to be looked at before this process has moved on. */
const longMs = 60_000

type Current<Row extends object> = { build: Build; reader: RowReader<Row> }
export type Reading<Row extends object> = ReturnType<typeof createReading<Row>>

/** The build that code of this version reads: the one that is read, if its code is not newer; else the newest of its own. */
export function readableOf(builds: readonly Build[], version: number): Build | undefined {
  const read = builds.find(({ state }) => state === 'read')
  if (read && read.version <= version) return read
  return builds.find((build) => build.version === version && build.state === 'retired')
}

const keyOf = ({ version, build }: BuildId) => `${version}/${build}`

/**
 * Which build is read, as this process knows it, and how far it is. Who asks for a position and then for rows is answered
 * from the same build or from one that took over at a later sequence: a runner that was switched away from is fenced, and
 * learns of the switch before it passes anything more.
 */
export function createReading<Row extends object>(
  projection: { name: string; version: number; table: Table<Row> },
  store: ProjectionStore,
  timing: Timing,
  stopping: AbortSignal,
) {
  const running = new Map<string, number>()
  let current: Current<Row> | undefined
  /** Made where somebody waits for it: mostly nobody does. */
  let moved: AbortController | undefined
  let asked = 0
  let newest = 0
  const tell = () => {
    moved?.abort(hasMoved)
    moved = undefined
  }
  const nextMove = (): AbortSignal => {
    moved ??= new AbortController()
    return moved.signal
  }

  /** Answers may overtake each other: an older one changes nothing. */
  const refresh = async (): Promise<Build[]> => {
    const mine = ++asked
    const builds = await store.builds.list(projection.name)
    const build = readableOf(builds, projection.version)
    const isKnown = build && current && keyOf(build) === keyOf(current.build)
    const reader = isKnown ? current?.reader : build && (await store.reader({ ...projection, ...idOf(build) }))
    if (mine < newest) return builds
    newest = mine
    const before = current
    current = build && reader ? { build, reader } : undefined
    if (before?.reader !== current?.reader) tell()
    return builds
  }

  const readable = async (): Promise<Current<Row>> => {
    for (;;) {
      stopping.throwIfAborted()
      if (current) return current
      await timing.wait(longMs, AbortSignal.any([nextMove(), stopping]))
    }
  }

  const seqNow = async (): Promise<number> => {
    const mine = current && running.get(keyOf(current.build))
    if (mine !== undefined) return mine
    await refresh()
    return current ? (running.get(keyOf(current.build)) ?? current.build.checkpoint?.seq ?? 0) : -1
  }

  return {
    refresh,
    /** Of the build that is read; undefined: none is, yet. */
    build: () => current?.build,
    /** How far a build is that this process runs; undefined while it does not. */
    runs: (id: BuildId) => running.get(keyOf(id)),
    passed(id: BuildId, seq: number) {
      running.set(keyOf(id), seq)
      tell()
    },
    standby(id: BuildId) {
      running.delete(keyOf(id))
      tell()
    },
    async find(options: FindOptions<Row>): Promise<Row[]> {
      try {
        return await (await readable()).reader.find(options)
      } catch (error) {
        if (!(error instanceof BuildGone)) throw error
        // It was dropped since this process last asked.
        await refresh()
        return (await readable()).reader.find(options)
      }
    },
    async reaches(seq: number, timeoutMs: number): Promise<boolean> {
      // Mostly it is there: no timer and no signals for that.
      if (seq <= 0 || (await seqNow()) >= seq) return true
      const ended = new AbortController()
      let isLate = timeoutMs <= 0
      void timing.wait(timeoutMs, ended.signal).then(() => {
        isLate = true
        ended.abort(hasMoved)
      })
      try {
        for (;;) {
          const signal = nextMove()
          if (seq <= 0 || (await seqNow()) >= seq) return true
          if (isLate || stopping.aborted) return false
          const isMine = current && running.has(keyOf(current.build))
          await timing.wait(isMine ? longMs : pollMs, AbortSignal.any([signal, ended.signal, stopping]))
        }
      } finally {
        ended.abort(hasMoved)
      }
    },
  }
}

/** Nobody reads it: without a reason each abort makes an error with a stack, at every batch. */
const hasMoved = 'it has moved'

const idOf = ({ version, build }: BuildId): BuildId => ({ version, build })
