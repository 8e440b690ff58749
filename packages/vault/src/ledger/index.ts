export { beginErasureLedger, type ErasureLedger, type LedgerPlace, openErasureLedger } from './erasure-ledger.ts'
export { type ErasedScope, type LedgerEntry, type LedgerFact, rangesOf, type SeqRange } from './ledger-entries.ts'
export { ledgerFolder, ledgerInMemory, ledgerObjects } from './ledger-places.ts'
