export { type EnableBankingOptions, openEnableBanking } from './feed.ts'
export type { Records } from './link-records.ts'
export { rsaKeyOf } from './token.ts'
