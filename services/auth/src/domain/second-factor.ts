import type { SecondFactorEvent } from '@pf/contracts'

/** What a user is asked for beside the password. Secrets and codes live in the vault; here stands only what happened. */
export type SecondFactor = { status: 'off' } | { status: 'on' }

type DataOf<Type extends SecondFactorEvent['type']> = Extract<SecondFactorEvent, { type: Type }>['data']
export type SecondFactorCommand =
  | ({ type: 'EnableSecondFactor' } & DataOf<'SecondFactorEnabled'>)
  | ({ type: 'DisableSecondFactor' } & DataOf<'SecondFactorDisabled'>)
  | ({ type: 'UseRecoveryCode' } & DataOf<'RecoveryCodeUsed'>)
  | ({ type: 'IssueRecoveryCodes' } & DataOf<'RecoveryCodesIssued'>)

export const initial: SecondFactor = { status: 'off' }

export function decide(command: SecondFactorCommand, { status }: SecondFactor): SecondFactorEvent[] {
  switch (command.type) {
    case 'EnableSecondFactor': {
      const { type: _, ...data } = command
      return status === 'off' ? [{ type: 'SecondFactorEnabled', data }] : []
    }
    case 'DisableSecondFactor': {
      const { type: _, ...data } = command
      return status === 'on' ? [{ type: 'SecondFactorDisabled', data }] : []
    }
    case 'UseRecoveryCode': {
      const { type: _, ...data } = command
      return status === 'on' ? [{ type: 'RecoveryCodeUsed', data }] : []
    }
    case 'IssueRecoveryCodes': {
      const { type: _, ...data } = command
      return status === 'on' ? [{ type: 'RecoveryCodesIssued', data }] : []
    }
  }
}

export function evolve(state: SecondFactor, { type }: SecondFactorEvent): SecondFactor {
  if (type === 'SecondFactorEnabled') return { status: 'on' }
  return type === 'SecondFactorDisabled' ? { status: 'off' } : state
}
