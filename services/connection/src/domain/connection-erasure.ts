import type { ConnectionErasureEvent } from '@pf/contracts'

/** What of a connection goes, and what stays since another one still feeds it. */
export type ErasedAccounts = { accountIds: string[]; keptAccountIds: string[] }

/** One erasure of a connection. Its id is made from the connection's, so that it is erased once. */
export type ConnectionErasure =
  | { status: 'unknown' }
  | ({ status: 'requested'; spaceId: string; connectionId: string } & ErasedAccounts)
  | { status: 'erased' }

export type ConnectionErasureCommand =
  | ({
      type: 'RequestErasure'
      erasureId: string
      spaceId: string
      connectionId: string
      requestedBy: string
      requestedAt: string
    } & ErasedAccounts)
  | { type: 'RecordErased'; erasureId: string; erasedAt: string }

export const initial: ConnectionErasure = { status: 'unknown' }

export function decide(command: ConnectionErasureCommand, state: ConnectionErasure): ConnectionErasureEvent[] {
  switch (command.type) {
    case 'RequestErasure': {
      const { type: _, ...data } = command
      return state.status === 'unknown' ? [{ type: 'ConnectionErasureRequested', data }] : []
    }
    case 'RecordErased': {
      const { type: _, ...data } = command
      return state.status === 'requested' ? [{ type: 'ConnectionErased', data }] : []
    }
  }
}

export function evolve(_: ConnectionErasure, { type, data }: ConnectionErasureEvent): ConnectionErasure {
  if (type === 'ConnectionErased') return { status: 'erased' }
  const { spaceId, connectionId, accountIds, keptAccountIds } = data
  return { status: 'requested', spaceId, connectionId, accountIds, keptAccountIds }
}
