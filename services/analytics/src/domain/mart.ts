import { type MartEvent, martEvents } from '@pf/contracts'

/** What one storage message brought into a space's marts. */
export type RecordMaterialised = {
  type: 'RecordMaterialised'
  spaceId: string
  /** Sequence in EVT_STORAGE of the message whose files are now in the marts. */
  storageSeq: number
  syncs: { syncId: string; accountId: string }[]
  files: number
  months: string[]
  builtAt: string
}

/** `recent`: positions that the last events moved the mart to. */
export type Mart = { storagePosition: number; recent: readonly number[] }

export const initial: Mart = { storagePosition: 0, recent: [] }

/** A repeat that this does not show (an older message recorded after a younger one) is caught by its command id. */
const recentKept = 100

export function decide(command: RecordMaterialised, state: Mart): MartEvent[] {
  if (state.recent.includes(command.storageSeq)) return []
  const { spaceId, syncs, files, months, builtAt } = command
  const storagePosition = Math.max(state.storagePosition, command.storageSeq)
  return [{ type: 'MartsMaterialised', data: { spaceId, syncs, storagePosition, files, months, builtAt } }]
}

export function evolve(state: Mart, { data }: MartEvent): Mart {
  return { storagePosition: data.storagePosition, recent: [...state.recent, data.storagePosition].slice(-recentKept) }
}

/** A message of storage's is an event here. `shape`: raise it with Mart, and with what `evolve` makes of an event. */
export const mart = { ...martEvents, decider: { initial, decide, evolve }, snapshot: { shape: 1 } }
