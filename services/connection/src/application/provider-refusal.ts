import { DomainError } from '@pf/contracts'
import { ProviderError } from '@pf/providers'

/** A provider's error as a refusal that a caller understands; anything else is passed on as it is. */
export function providerRefusal(error: unknown): unknown {
  if (!(error instanceof ProviderError)) return error
  const { code, action, retryAfterSeconds } = error
  if (action === 'retry_later' || action === 'wait_until_reset' || action === 'pause_and_check_account') {
    const detail = `The bank data provider does not answer as it should at present (${code}). Try again later.`
    return new DomainError('provider_unavailable', detail, { retryAfterSeconds: retryAfterSeconds ?? 60, cause: error })
  }
  const detail = `The bank data provider refused (${code}). The operator has to look at its set-up.`
  return new DomainError('provider_refused', detail, { cause: error })
}

export async function asking<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw providerRefusal(error)
  }
}
