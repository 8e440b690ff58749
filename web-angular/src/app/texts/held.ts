import { texts } from '../texts.ts'

const sources: Record<string, string> = {
  sandbox: 'the demo bank',
  gocardless: 'GoCardless',
  'enable-banking': 'Enable Banking',
}
/** `file-ofx`: a statement file, by its format. */
const nameOf = (source: string): string =>
  source.startsWith('file-') ? `a file (${source.slice(5).toUpperCase()})` : (sources[source] ?? source)

export const heldTexts = {
  title: texts.nav.held,
  lead: 'Rows that we could not read or place. They are kept, and not counted until you say.',
  empty: 'Nothing waits for you. Rows that we cannot read or place would stand here.',
  reasons: {
    amount_ambiguous: 'The amount can be read in two ways',
    amount_precision: 'The amount has more decimals than its currency',
    amount_unparsable: 'The amount cannot be read',
    currency_invalid: 'The currency is none that we know',
    no_date: 'The row came without a date',
    row_unreadable: 'The row cannot be read',
    payload_unreadable: 'The whole answer cannot be read',
    sources_differ: 'Two sources do not agree on this row',
  } as Record<string, string>,
  from: (source: string) => `from ${nameOf(source)}`,
  firstSeen: (day: string) => `first seen ${day}`,
  date: 'Day',
  amount: (currency: string) => (currency === '' ? 'Amount' : `Amount in ${currency}`),
  amountHint: 'Minus for money out',
  dateMissing: 'Give it a day first.',
  amountMissing: 'Give it an amount first, such as -12.34.',
  accept: 'Count this row',
  dismiss: 'Leave it out',
  same: 'It is this one',
  sameAs: (name: string) => `It is ${name}`,
  look: (n: number) => (n === 1 ? 'Compare with a row that it may be' : `Compare with ${n} rows that it may be`),
  candidatesGone: 'The rows that it might have been have moved. Reload the page.',
  payload: 'What was sent',
  decided: 'Decided',
  verdicts: { accept: 'Counted', dismiss: 'Left out', same: 'One with another row' } as Record<string, string>,
  takeBack: 'Take back',
}
