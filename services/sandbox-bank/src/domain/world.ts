import { type BulkSpec, bulkAccounts } from './bulk.ts'
import type { Day } from './days.ts'
import { householdAccounts } from './household.ts'
import { britishIban } from './iban.ts'
import { SANDBOX_INSTITUTION } from './institutions.ts'
import type { BankAccount } from './payment.ts'
import { type SmallSpec, smallAccounts } from './small.ts'

export type WorldSpec =
  | { scenario: 'household'; seed: string; asOf: Day }
  | { scenario: 'empty'; seed: string; asOf: Day }
  | BulkSpec
  | SmallSpec

/** The accounts of a scenario with their timelines: a pure function, the same seed gives the same bytes. */
export function worldOf(spec: WorldSpec): BankAccount[] {
  switch (spec.scenario) {
    case 'household':
      return householdAccounts(spec.seed, spec.asOf)
    case 'bulk':
      return bulkAccounts(spec)
    case 'small':
      return smallAccounts(spec)
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
