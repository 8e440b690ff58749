export { type Case, type ExpectedRow, type Outcome, runCase } from './acceptance-cases.ts'
export { type BankUnderTest, describeBankFeed } from './describe-bank-feed.ts'
