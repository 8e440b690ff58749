import type { AnyEvent } from '@pf/contracts'
import type { Timing } from './ports.ts'
import { type Course, compareWithLog, type ProjectParts, project } from './project.ts'
import type { Projection } from './projection.ts'
import type { Build, BuildId, Comparison, OpenProjection, ProjectionStore } from './projection-store.ts'

export type RaiseParts = ProjectParts & {
  store: ProjectionStore
  timing: Timing
  /** What became of a build that was compared, or was the first. */
  onBuild?(outcome: 'switched' | 'differs', build: BuildId, comparison: Comparison | undefined): void
}

/** Further behind than this the build that is read is not made to stand still. */
const shortWay = 1000

export const isSame = (a: BuildId, b: BuildId | undefined): boolean => a.version === b?.version && a.build === b.build

/**
 * Replays a build that nobody reads yet beside the one that is read, up to its sequence; compares; has readers switch. A
 * build of a higher version is expected to differ and switches; one of the same version has to be equal, else an operator
 * says. Where the one that is read belongs to another log, there is nothing to compare: the new one is read when it has
 * reached the log's end. Returns when the build is one that follows.
 */
export async function raiseBuild<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  id: BuildId,
  open: OpenProjection<Row>,
  parts: RaiseParts,
  course: Omit<Course, 'upToSeq'>,
): Promise<void> {
  const { store, log, timing } = parts
  while (!course.signal.aborted) {
    const builds = await store.builds.list(projection.name)
    const mine = builds.find((build) => isSame(build, id))
    if (!mine || mine.state === 'discarded') throw new Discarded(projection.name)
    if (mine.state === 'read' || mine.state === 'retired') return
    if (mine.state === 'differs') {
      await timing.wait(askMs, course.signal)
      continue
    }
    const read = builds.find(({ state }) => state === 'read')
    const before = read && (await isComparable(projection, read, parts)) ? read : undefined
    const endSeq = before ? (before.checkpoint?.seq ?? 0) : (await log.info(projection.context)).lastSeq
    await project(projection, open, parts, { ...course, upToSeq: endSeq })
    await handOver(projection, mine, read, before, parts, course)
  }
  course.signal.throwIfAborted()
}

/** How often a build that differs asks what the operator has said. */
const askMs = 1_000

/** Its operator did not want it: nothing is left to do. */
export class Discarded extends Error {
  constructor(projection: string) {
    super(`A build of projection ${projection} was discarded.`)
    this.name = 'Discarded'
  }
}

async function isComparable(projection: Projection<never, never>, read: Build, parts: ProjectParts): Promise<boolean> {
  if (read.version > projection.version) return false
  return (await compareWithLog(projection, read.checkpoint, parts)).problem === undefined
}

async function handOver<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  mine: Build,
  read: Build | undefined,
  before: Build | undefined,
  parts: RaiseParts,
  course: Omit<Course, 'upToSeq'>,
): Promise<void> {
  let compared: Comparison | undefined
  const outcome = await parts.store.handOver({ ...projection, build: mine.build }, read, async (standing) => {
    if (before) {
      const endSeq = standing.at?.seq ?? 0
      if (endSeq - ((await standing.candidate.checkpoint())?.seq ?? 0) > shortWay) return 'behind'
      await project(projection, standing.candidate, parts, { ...course, upToSeq: endSeq })
      compared = await standing.compare()
      const hasToBeEqual = mine.state === 'building' && before.version === mine.version
      if (hasToBeEqual && !compared.equal) {
        await standing.keepApart(compared)
        return 'differs'
      }
    }
    await standing.switch(compared)
    return 'switched'
  })
  if (outcome === 'switched' || outcome === 'differs')
    parts.onBuild?.(outcome, { version: mine.version, build: mine.build }, compared)
}
