export { type Case, type ExpectedRow, type Outcome, runCase } from './acceptance-cases.ts'
export { type BankUnderTest, describeBankFeed } from './describe-bank-feed.ts'
export { startDocumentedEnableBanking } from './documented-enable-banking.ts'
export { type Heard, json, startWireServer, type WireServer } from './wire-server.ts'
