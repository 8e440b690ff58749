export {
  type AccountRow,
  accounts,
  type BalanceRow,
  balances,
  type DecisionRow,
  decisions,
  lakeDatasets,
  type ObservationRow,
  observations,
} from '../domain/lake.ts'
export { lakeFile } from './lake-file.ts'
export { type Answer, type LedgerInMemory, ledgerInMemory } from './ledger-in-memory.ts'
