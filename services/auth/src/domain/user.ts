import type { UserEvent } from '@pf/contracts'

/** A person of this installation. Passwords and tokens live in the vault; here stands only what happened. */
export type User =
  | { status: 'unknown' }
  | { status: 'registered'; username: string; spaceId: string; openSessions: readonly string[] }

export type RegisterUser = {
  type: 'RegisterUser'
  userId: string
  spaceId: string
  username: string
  roles: ('user' | 'operator')[]
  registeredAt: string
}
export type StartSession = { type: 'StartSession'; userId: string; sessionId: string; startedAt: string }
export type EndSession = {
  type: 'EndSession'
  userId: string
  sessionId: string
  reason: 'logout' | 'reused' | 'revoked' | 'expired'
  endedAt: string
}
export type ChangePassword = { type: 'ChangePassword'; userId: string; changedAt: string }
export type UserCommand = RegisterUser | StartSession | EndSession | ChangePassword

/** Its state is kept every 50 messages; raise `shape` with User, and with what `evolve` makes of an event. */
export const snapshot = { shape: 1 }

export const initial: User = { status: 'unknown' }

export function decide(command: UserCommand, state: User): UserEvent[] {
  switch (command.type) {
    case 'RegisterUser': {
      const { type: _, ...data } = command
      return state.status === 'unknown' ? [{ type: 'UserRegistered', data }] : []
    }
    case 'StartSession': {
      const { type: _, ...data } = command
      return isOpen(state, data.sessionId) ? [] : [{ type: 'SessionStarted', data }]
    }
    case 'EndSession': {
      const { type: _, ...data } = command
      return isOpen(state, data.sessionId) ? [{ type: 'SessionEnded', data }] : []
    }
    case 'ChangePassword': {
      const { type: _, ...data } = command
      return state.status === 'registered' ? [{ type: 'PasswordChanged', data }] : []
    }
  }
}

function isOpen(state: User, sessionId: string): boolean {
  return state.status === 'registered' && state.openSessions.includes(sessionId)
}

export function evolve(state: User, { type, data }: UserEvent): User {
  if (type === 'UserRegistered') {
    return { status: 'registered', username: data.username, spaceId: data.spaceId, openSessions: [] }
  }
  if (state.status === 'unknown') return state
  switch (type) {
    case 'SessionStarted':
      return { ...state, openSessions: [...state.openSessions, data.sessionId] }
    case 'SessionEnded':
      return { ...state, openSessions: state.openSessions.filter((id) => id !== data.sessionId) }
    case 'PasswordChanged':
      return state
  }
}
