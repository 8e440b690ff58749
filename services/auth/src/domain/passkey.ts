import type { PasskeyEvent } from '@pf/contracts'

/** One passkey. What it is checked by lives in the vault; here stands only what happened. */
export type Passkey = { status: 'unknown' } | { status: 'registered'; name: string } | { status: 'removed' }

type DataOf<Type extends PasskeyEvent['type']> = Extract<PasskeyEvent, { type: Type }>['data']
export type PasskeyCommand =
  | ({ type: 'RegisterPasskey' } & DataOf<'PasskeyRegistered'>)
  | ({ type: 'RenamePasskey' } & DataOf<'PasskeyRenamed'>)
  | ({ type: 'RemovePasskey' } & DataOf<'PasskeyRemoved'>)

export const initial: Passkey = { status: 'unknown' }

export function decide(command: PasskeyCommand, state: Passkey): PasskeyEvent[] {
  switch (command.type) {
    case 'RegisterPasskey': {
      const { type: _, ...data } = command
      return state.status === 'unknown' ? [{ type: 'PasskeyRegistered', data }] : []
    }
    case 'RenamePasskey': {
      const { type: _, ...data } = command
      return state.status === 'registered' && state.name !== data.name ? [{ type: 'PasskeyRenamed', data }] : []
    }
    case 'RemovePasskey': {
      const { type: _, ...data } = command
      return state.status === 'registered' ? [{ type: 'PasskeyRemoved', data }] : []
    }
  }
}

export function evolve(_: Passkey, event: PasskeyEvent): Passkey {
  if (event.type === 'PasskeyRemoved') return { status: 'removed' }
  return { status: 'registered', name: event.data.name }
}
