import type { InviteEvent } from '@pf/contracts'

/** One invitation. Its code lives, hashed, in the vault; here stands only what happened. */
export type Invite = { status: 'unknown' } | { status: 'open' } | { status: 'used' } | { status: 'revoked' }

type DataOf<Type extends InviteEvent['type']> = Extract<InviteEvent, { type: Type }>['data']
export type InviteCommand =
  | ({ type: 'IssueInvite' } & DataOf<'InviteIssued'>)
  | ({ type: 'UseInvite' } & DataOf<'InviteUsed'>)
  | ({ type: 'RevokeInvite' } & DataOf<'InviteRevoked'>)

export const initial: Invite = { status: 'unknown' }

export function decide(command: InviteCommand, { status }: Invite): InviteEvent[] {
  switch (command.type) {
    case 'IssueInvite': {
      const { type: _, ...data } = command
      return status === 'unknown' ? [{ type: 'InviteIssued', data }] : []
    }
    case 'UseInvite': {
      const { type: _, ...data } = command
      return status === 'open' ? [{ type: 'InviteUsed', data }] : []
    }
    case 'RevokeInvite': {
      const { type: _, ...data } = command
      return status === 'open' ? [{ type: 'InviteRevoked', data }] : []
    }
  }
}

export function evolve(_: Invite, { type }: InviteEvent): Invite {
  if (type === 'InviteIssued') return { status: 'open' }
  return { status: type === 'InviteUsed' ? 'used' : 'revoked' }
}
