import type { DomainError } from '@pf/contracts'

/** What a user has set up beside the password. */
export interface SecondFactors {
  /** The refusal that asks for the second factor, after the password was right; undefined where there is none. */
  required(userId: string, passwordVersion: number): Promise<DomainError | undefined>
}

export const noSecondFactors: SecondFactors = { required: async () => undefined }
