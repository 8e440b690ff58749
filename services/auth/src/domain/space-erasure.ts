import type { SpaceErasureEvent } from '@pf/contracts'

/** One erasure of all that a user has. Its id is made from the space, so that a space is erased once. */
export type SpaceErasure = { status: 'unknown' } | { status: 'requested'; spaceId: string } | { status: 'erased' }

export type SpaceErasureCommand =
  | { type: 'RequestErasure'; erasureId: string; spaceId: string; userId: string; requestedAt: string }
  | { type: 'RecordErased'; erasureId: string; erasedAt: string }

export const initial: SpaceErasure = { status: 'unknown' }

export function decide(command: SpaceErasureCommand, state: SpaceErasure): SpaceErasureEvent[] {
  switch (command.type) {
    case 'RequestErasure': {
      const { type: _, ...data } = command
      return state.status === 'unknown' ? [{ type: 'SpaceErasureRequested', data }] : []
    }
    case 'RecordErased': {
      const { type: _, ...data } = command
      return state.status === 'requested' ? [{ type: 'SpaceErased', data }] : []
    }
  }
}

export function evolve(_: SpaceErasure, { type, data }: SpaceErasureEvent): SpaceErasure {
  return type === 'SpaceErased' ? { status: 'erased' } : { status: 'requested', spaceId: data.spaceId }
}
