export { type Case, type ExpectedRow, type Outcome, runCase } from './acceptance-cases.ts'
