import type { ApiTokenEvent } from '@pf/contracts'

/** One personal API token. What it is checked by lives in the vault; here stands only what happened. */
export type ApiToken = { status: 'unknown' } | { status: 'issued' } | { status: 'revoked' }

type DataOf<Type extends ApiTokenEvent['type']> = Extract<ApiTokenEvent, { type: Type }>['data']
export type ApiTokenCommand =
  | ({ type: 'IssueApiToken' } & DataOf<'ApiTokenIssued'>)
  | ({ type: 'RevokeApiToken' } & DataOf<'ApiTokenRevoked'>)

export const initial: ApiToken = { status: 'unknown' }

export function decide(command: ApiTokenCommand, { status }: ApiToken): ApiTokenEvent[] {
  switch (command.type) {
    case 'IssueApiToken': {
      const { type: _, ...data } = command
      return status === 'unknown' ? [{ type: 'ApiTokenIssued', data }] : []
    }
    case 'RevokeApiToken': {
      const { type: _, ...data } = command
      return status === 'issued' ? [{ type: 'ApiTokenRevoked', data }] : []
    }
  }
}

export function evolve(_: ApiToken, { type }: ApiTokenEvent): ApiToken {
  return { status: type === 'ApiTokenIssued' ? 'issued' : 'revoked' }
}
