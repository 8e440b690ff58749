import { counted } from './counted.ts'

export const netWorthTexts = {
  title: 'Net worth',
  spans: { one: 'Year', two: '2 years', five: '5 years' },
  span: 'Months shown',
  chart: 'By account, at each month’s end',
  label: (from: string, to: string, first: string, last: string) =>
    `Net worth by account from ${from} to ${to}: ${first} at first, ${last} now`,
  hidden: 'Net worth by account over time; amounts are hidden',
  line: 'net worth',
  now: 'Net worth now',
  since: (figure: string, month: string) => `${figure} since ${month}`,
  same: (month: string) => `the same as in ${month}`,
  months: 'By month',
  month: 'Month',
  assets: 'What you have',
  liabilities: 'What you owe',
  net: 'Net worth',
  change: 'Change',
  accounts: 'Accounts',
  empty: 'No balances yet. They come with your first bank.',
  toConnections: 'See your connections',
  noBalance: (n: number) =>
    `${counted(n, 'account has', 'accounts have')} no balance stated by a bank and ${n === 1 ? 'is' : 'are'} not in these figures.`,
  table: 'Show as table',
}
