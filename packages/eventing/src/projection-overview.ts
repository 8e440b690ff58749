import { contexts } from '@pf/contracts'
import type { EventLog } from './ports.ts'
import { lagBehind } from './project.ts'
import type { Build, ProjectionStore } from './projection-store.ts'

export type ProjectionOverview = {
  name: string
  /** Builds beside each other, newest first; `read` is the one that readers have. */
  builds: (Build & { lag: number | undefined })[]
  /** Aggregates in quarantine, over all builds. */
  parked: number
}

/** All projections as the store and the log know them, without running any: for the operator's tools. */
export async function projectionOverview({
  store,
  log,
}: {
  store: ProjectionStore
  log: EventLog
}): Promise<ProjectionOverview[]> {
  const parked = await store.builds.parked()
  const byName = Map.groupBy(await store.builds.list(), ({ projection }) => projection)
  const overviews = [...byName].map(async ([name, builds]): Promise<ProjectionOverview> => {
    const withLag = builds.map(async (build) => ({ ...build, lag: await lagOf(log, build) }))
    return {
      name,
      builds: await Promise.all(withLag),
      parked: new Set(parked.filter(({ projection }) => projection === name).map(({ id }) => id)).size,
    }
  })
  return Promise.all(overviews)
}

/** A build that has read nothing yet does not say of which stream it is. */
async function lagOf(log: EventLog, { checkpoint }: Build): Promise<number | undefined> {
  const context = contexts.find((known) => known === checkpoint?.stream)
  return context && checkpoint ? lagBehind(log, context, checkpoint.seq) : undefined
}
