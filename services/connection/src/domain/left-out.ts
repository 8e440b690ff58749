import type { LeftOutReason } from '@pf/contracts'

const why: Readonly<Record<LeftOutReason, string>> = {
  account_ambiguous:
    'the bank gives identifiers that belong to two accounts known here, and two histories are not joined on a guess',
  account_unidentified:
    'the bank gives no identifier that tells which of the known accounts it is, and none is opened twice on a guess',
  account_details_unavailable: 'the bank does not describe it at present. Renew the connection to try again',
  account_currency_unknown: 'the bank does not say in which currency it is',
}

/** How many accounts were left out for each reason. */
export function leftOutCounts(reasons: readonly LeftOutReason[]): { reason: LeftOutReason; accounts: number }[] {
  return [...new Set(reasons)].map((reason) => ({
    reason,
    accounts: reasons.filter((other) => other === reason).length,
  }))
}

/** What accounts were left out of a consent, in words; `code` is that of the first. Undefined where none was. */
export function leftOutError(reasons: readonly LeftOutReason[]): { code: LeftOutReason; detail: string } | undefined {
  const [code] = reasons
  if (code === undefined) return undefined
  const sentences = leftOutCounts(reasons).map(
    ({ reason, accounts }) =>
      `Not read: ${accounts} ${accounts === 1 ? 'account' : 'accounts'} of this bank, because ${why[reason]}.`,
  )
  return { code, detail: sentences.join(' ') }
}
