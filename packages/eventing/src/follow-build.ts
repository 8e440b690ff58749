import type { AnyEvent } from '@pf/contracts'
import type { Running } from './ports.ts'
import { project } from './project.ts'
import type { Projection } from './projection.ts'
import { type BuildId, Fenced, LogGap, RebuildNeeded } from './projection-store.ts'
import { Discarded, type RaiseParts, raiseBuild } from './raise-build.ts'
import type { Reading } from './reading.ts'

export type Follower = Running & {
  /** What stopped it for good. */
  failure(): RebuildNeeded | LogGap | undefined
}

export const longestPauseMs = 10_000

/**
 * Runs one build until stopped: waits for its lock, raises it to where it is read, projects, and after a failure begins
 * again from the checkpoint. Only LogGap ends it, and RebuildNeeded; where that is said of a build that nobody reads yet, it
 * starts over instead.
 */
export function followBuild<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  id: BuildId,
  parts: RaiseParts,
  reading: Reading<Row>,
): Follower {
  const { store, timing } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  let failure: RebuildNeeded | LogGap | undefined
  let failures = 0
  const course = {
    signal,
    passed(seq: number) {
      failures = 0
      reading.passed(id, seq)
    },
  }

  const lead = async () => {
    const open = await store.open({ ...projection, build: id.build }, signal)
    try {
      await raiseBuild(projection, id, open, parts, course)
      // Before anything more is passed it is known here which build is read.
      await reading.refresh()
      await project(projection, open, parts, course)
    } finally {
      reading.standby(id)
      await open.close()
    }
  }

  const run = async () => {
    while (!signal.aborted) {
      try {
        await lead()
      } catch (error) {
        if (signal.aborted || error instanceof Discarded) return
        if (error instanceof LogGap) failure = error
        if (error instanceof RebuildNeeded && !(await startOver(projection.name, id, parts))) failure = error
        parts.onError(error)
        if (failure) return
        if (!(error instanceof Fenced)) await timing.wait(Math.min(100 * 2 ** failures++, longestPauseMs), signal)
      }
    }
  }
  const running = run()

  return {
    failure: () => failure,
    async stop() {
      stopping.abort(new Error(`Projection ${projection.name} was stopped.`))
      await running
    },
  }
}

/** A build that has never been read and does not belong to this log is no loss. False where it is read, or was. */
async function startOver(name: string, id: BuildId, { store, onError }: RaiseParts): Promise<boolean> {
  try {
    const build = (await store.builds.list(name)).find(
      ({ version, build }) => version === id.version && build === id.build,
    )
    if (build?.state === 'read' || build?.state === 'retired') return false
    await store.builds.drop(name, id)
    if (id.build === 1) await store.builds.begin(name, id.version)
    else await store.builds.rebuild(name)
    return true
  } catch (error) {
    onError(error)
    return true
  }
}
