import { type MartRebuildEvent, martRebuildEvents, refuse } from '@pf/contracts'

type Data<T extends MartRebuildEvent['type']> = Extract<MartRebuildEvent, { type: T }>['data']
export type Progress = { filesLoaded: number; files: number; rowsLoaded: number }
export type Comparison = Omit<Data<'MartRebuildCompared'>, 'spaceId' | 'rebuildId' | 'comparedAt'>

type At = { spaceId: string; rebuildId: string; at: string }
export type RebuildCommand =
  | ({ type: 'StartRebuild' } & At)
  | ({ type: 'RecordProgress' } & At & Progress)
  | ({ type: 'RecordComparison' } & At & { comparison: Comparison })
  | ({ type: 'RecordSwitch' } & At & { by: 'itself' | 'user'; oldKeptUntil: string })
  | ({ type: 'DiscardRebuild' } & At & { why: 'user' | 'failed'; detail: string })
  /** Its marts are lost before they were switched to: it is given up, and built once more as `again`. */
  | ({ type: 'BeginAgain' } & At & { again: string; detail: string })

export type Rebuild = {
  readonly id: string
  readonly status: 'building' | 'compared' | 'switched' | 'discarded' | 'failed'
  readonly progress: Progress
  readonly comparison: Comparison | undefined
  readonly startedAt: string
  readonly finishedAt: string | undefined
  readonly oldKeptUntil: string | undefined
  readonly detail: string | undefined
}

/** The latest ones, oldest first. */
export type Rebuilds = { readonly rebuilds: readonly Rebuild[] }
export const initial: Rebuilds = { rebuilds: [] }
const kept = 20
/** Progress is told this often at most, whatever the number of files. */
const steps = 20

export const isOpen = ({ status }: Rebuild): boolean => status === 'building' || status === 'compared'

export const isSame = ({ tables, sums, proof }: Comparison): boolean =>
  tables.every(({ before, after }) => before.rows === after.rows && before.digest === after.digest) &&
  [...sums, ...proof].every(({ before, after }) => before === after)

/** Throws rebuild_running, rebuild_not_found, rebuild_not_compared. */
export function decide(command: RebuildCommand, { rebuilds }: Rebuilds): MartRebuildEvent[] {
  const { spaceId, rebuildId, at } = command
  const id = { spaceId, rebuildId }
  const known = rebuilds.find((rebuild) => rebuild.id === rebuildId)
  if (command.type === 'StartRebuild') {
    if (known !== undefined) return []
    if (rebuilds.some(isOpen))
      throw refuse('rebuild_running', 'One rebuild is open already; wait for it, or switch or discard it first.')
    return [{ type: 'MartRebuildStarted', data: { ...id, startedAt: at } }]
  }
  if (known === undefined)
    throw refuse('rebuild_not_found', 'There is no such rebuild. GET /analytics/rebuilds lists them.')
  switch (command.type) {
    case 'RecordProgress': {
      const { filesLoaded, files, rowsLoaded } = command
      if (known.status !== 'building' || stepOf(command) <= stepOf(known.progress)) return []
      return [{ type: 'MartRebuildProgressed', data: { ...id, filesLoaded, files, rowsLoaded, progressedAt: at } }]
    }
    case 'RecordComparison':
      if (known.status !== 'building') return []
      return [{ type: 'MartRebuildCompared', data: { ...id, ...command.comparison, comparedAt: at } }]
    case 'RecordSwitch': {
      if (known.status === 'switched') return []
      mustBeCompared(known)
      const { by, oldKeptUntil } = command
      return [{ type: 'MartRebuildSwitched', data: { ...id, by, oldKeptUntil, switchedAt: at } }]
    }
    case 'DiscardRebuild': {
      if (known.status === 'discarded' || known.status === 'failed') return []
      if (known.status === 'switched')
        throw refuse('rebuild_not_compared', 'It was switched already; what answers now cannot be discarded.')
      const { why, detail } = command
      return [{ type: 'MartRebuildDiscarded', data: { ...id, why, detail, discardedAt: at } }]
    }
    case 'BeginAgain': {
      if (known.status !== 'compared') return []
      const { again, detail } = command
      return [
        { type: 'MartRebuildDiscarded', data: { ...id, why: 'lost', detail, discardedAt: at } },
        { type: 'MartRebuildStarted', data: { spaceId, rebuildId: again, startedAt: at } },
      ]
    }
  }
}

/** Throws rebuild_not_compared. */
export function mustBeCompared({ status }: Rebuild): void {
  if (status === 'compared') return
  throw refuse('rebuild_not_compared', `It is ${status}; only what was compared and waits can be switched.`)
}

const stepOf = ({ filesLoaded, files }: Progress): number =>
  files === 0 ? 0 : Math.floor((filesLoaded / files) * steps)

export function evolve({ rebuilds }: Rebuilds, event: MartRebuildEvent): Rebuilds {
  if (event.type === 'MartRebuildStarted') {
    const { rebuildId: id, startedAt } = event.data
    const progress = { filesLoaded: 0, files: 0, rowsLoaded: 0 }
    const fresh: Rebuild = {
      id,
      status: 'building',
      progress,
      comparison: undefined,
      startedAt,
      finishedAt: undefined,
      oldKeptUntil: undefined,
      detail: undefined,
    }
    return { rebuilds: [...rebuilds, fresh].slice(-kept) }
  }
  return {
    rebuilds: rebuilds.map((rebuild) => (rebuild.id === event.data.rebuildId ? changed(rebuild, event) : rebuild)),
  }
}

function changed(rebuild: Rebuild, event: Exclude<MartRebuildEvent, { type: 'MartRebuildStarted' }>): Rebuild {
  switch (event.type) {
    case 'MartRebuildProgressed': {
      const { filesLoaded, files, rowsLoaded } = event.data
      return { ...rebuild, progress: { filesLoaded, files, rowsLoaded } }
    }
    case 'MartRebuildCompared': {
      const { spaceId: _, rebuildId: __, comparedAt: ___, ...comparison } = event.data
      return { ...rebuild, status: 'compared', comparison }
    }
    case 'MartRebuildSwitched': {
      const { switchedAt, oldKeptUntil } = event.data
      return { ...rebuild, status: 'switched', finishedAt: switchedAt, oldKeptUntil }
    }
    case 'MartRebuildDiscarded': {
      const { why, detail, discardedAt } = event.data
      return { ...rebuild, status: why === 'user' ? 'discarded' : 'failed', finishedAt: discardedAt, detail }
    }
  }
}

export const martRebuild = { ...martRebuildEvents, decider: { initial, decide, evolve } }
