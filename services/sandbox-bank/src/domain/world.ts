import { bulkAccounts } from './bulk.ts'
import type { Day } from './days.ts'
import { householdAccounts } from './household.ts'
import { britishIban } from './iban.ts'
import type { BankAccount } from './payment.ts'

export const SANDBOX_INSTITUTION = 'SANDBOXFINANCE_SFIN0000'

/** Days of history that a world holds before its `asOf`, that day included: what one consent may ask for. */
export const HISTORY_DAYS = 730

export type WorldSpec =
  | { scenario: 'household'; seed: string; asOf: Day }
  | { scenario: 'empty'; seed: string; asOf: Day }
  | { scenario: 'bulk'; seed: string; asOf: Day; accounts: number; transactionsPerAccount: number; days: number }

/** The accounts of a scenario with their timelines: a pure function, the same seed gives the same bytes. */
export function worldOf(spec: WorldSpec): BankAccount[] {
  switch (spec.scenario) {
    case 'household':
      return householdAccounts(spec.seed, spec.asOf)
    case 'bulk':
      return bulkAccounts(spec)
    case 'empty':
      return [emptyAccount()]
  }
}

function emptyAccount(): BankAccount {
  return {
    key: 'empty',
    institutionId: SANDBOX_INSTITUTION,
    kind: 'CACC',
    currency: 'GBP',
    name: 'New account',
    product: 'Everyday',
    ownerName: 'ROWAN PENHALE',
    iban: britishIban('SFIN', '040000', '10000001'),
    bban: '04000010000001',
    maskedPan: null,
    openingMinor: 0,
    creditLimitMinor: null,
    payments: () => [],
  }
}
