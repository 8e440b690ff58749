// The bank's worlds without the bank: for specs and benchmarks that need years of days, not a server.
export { type Day, dayOfText, textOfDay } from './domain/days.ts'
export { type BankAccount, bookedRow, pendingRow, type RowIds, rowIdsOf, viewOf } from './domain/payment.ts'
export { type Rng, rngOf } from './domain/random.ts'
export { type WorldSpec, worldOf } from './domain/world.ts'
