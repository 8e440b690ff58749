import type { FaultAnswer, FaultKind } from '../../domain/documented-faults.ts'
import { RATE_LIMITED_SECONDS, type Trouble } from '../../domain/weather.ts'
import { type RefusalCode, Refused } from './refused.ts'

export type Worded = Pick<FaultAnswer, 'status' | 'body' | 'headers'>

/** To this protocol a bank that still prepares an account is one that fails. */
const CODES: Partial<Record<FaultKind, RefusalCode>> = {
  bank_error: 'ASPSP_ERROR',
  account_processing: 'ASPSP_ERROR',
  bank_unreachable: 'ASPSP_ERROR',
  bank_unavailable: 'ASPSP_TIMEOUT',
  bank_rate_limited: 'ASPSP_RATE_LIMIT_EXCEEDED',
}

/** What of the weather has words, in this protocol's (§11); HTML of the edge, a dropped, a cut and a slow answer have none. */
export function worded({ kind }: Trouble): Worded | undefined {
  const code = CODES[kind]
  if (code === undefined) return undefined
  const { status, body } = new Refused(code)
  return { status, body, headers: status === 429 ? { 'retry-after': String(RATE_LIMITED_SECONDS) } : {} }
}
