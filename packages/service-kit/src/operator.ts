import { type Principal, refuse } from '@pf/contracts'

/** Throws operator_only. */
export function operatorAlone({ roles }: Pick<Principal, 'roles'>): void {
  if (!roles.includes('operator')) {
    throw refuse('operator_only', 'Only the operator of this installation may do this. Sign in as that user.')
  }
}
