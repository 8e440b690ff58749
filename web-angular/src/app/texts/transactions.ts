import { texts } from '../texts.ts'
import { counted } from './counted.ts'

export const transactionsTexts = {
  amounts: {
    amount: 'Amount',
    least: 'At least',
    most: 'At most',
    apply: 'Show these amounts',
    between: (low: string, high: string) => `${low} to ${high}`,
    from: (low: string) => `${low} and more`,
    upTo: (high: string) => `up to ${high}`,
    missing: 'Enter one amount or two.',
    wrong: 'An amount is written like 12.50.',
    order: 'The first amount is greater than the second.',
  },
  saved: {
    title: 'Saved',
    none: 'No filter is saved yet. Filter the list, then give it a name here.',
    hint: 'Filter the list to save another one.',
    name: 'Name of this filter',
    save: 'Save this filter',
    replace: 'Save in its place',
    remove: (name: string) => `Remove ${name}`,
    failed: 'The saved filters are as they were.',
  },
  select: {
    begin: 'Select',
    none: 'Tap the rows that you want to add up.',
    end: 'Stop selecting',
    clear: 'Clear selection',
    chosen: (n: number) => `${counted(n, 'row')} selected`,
    full: (n: number) => `No more than ${n} rows are selected by hand. Filter the list: its totals add up all of them.`,
  },
  held: {
    some: (n: number) => (n === 1 ? 'One row is held back and not counted' : `${n} rows are held back and not counted`),
    decide: 'Decide',
  },
  seek: { title: 'Go to a month', rows: (n: number) => counted(n, 'row') },
  gap: 'Some of these rows could not be read.',
  keys: {
    title: 'Keys',
    open: 'All keys (?)',
    groups: [
      {
        title: 'The list',
        keys: [
          { keys: ['J', 'K'], does: 'Next row, row before' },
          { keys: ['Enter', 'E'], does: 'Explain the row' },
          { keys: ['Esc'], does: 'Close what is open, then clear the selection' },
          { keys: ['/'], does: 'Search' },
        ],
      },
      {
        title: 'Adding up',
        keys: [
          { keys: ['Space'], does: 'Select the row, or take it back' },
          { keys: ['Shift', 'J / K'], does: 'Select on from here' },
          { keys: ['Ctrl / ⌘', 'Click'], does: 'Select one more' },
          { keys: ['Shift', 'Click'], does: 'Select up to here' },
        ],
      },
      {
        title: 'Everywhere',
        keys: [
          { keys: ['P'], does: 'Hide amounts' },
          { keys: ['?'], does: 'This list' },
        ],
      },
    ],
  },
}

/** Of the list and its filters, and of chips like theirs elsewhere. */
export const rowsTexts = {
  title: texts.nav.transactions,
  search: 'Name or text',
  export: 'Export',
  exportAs: { csv: 'As CSV', parquet: 'As Parquet' },
  filters: 'Filters',
  dates: 'Dates',
  from: 'From',
  to: 'To',
  category: 'Category',
  direction: 'In or out',
  status: 'Booked or pending',
  directions: { in: 'Money in', out: 'Money out' },
  statuses: { booked: 'Booked', pending: 'Pending' },
  any: 'All',
  clear: (what: string) => `Show all again: ${what}`,
  clearAll: 'Clear filters',
  since: (from: string) => `Since ${from}`,
  until: (to: string) => `Until ${to}`,
  presets: {
    thisMonth: 'This month',
    lastMonth: 'Last month',
    quarter: 'Last 3 months',
    year: 'This year',
    all: 'All dates',
  },
  wrongOrder: 'The first day is after the last.',
  apply: 'Show these days',
  rows: (n: number) => (n === 1 ? 'row' : 'rows'),
  in: 'In',
  out: 'Out',
  net: 'Net',
  list: 'Rows, newest first',
  newRows: 'New rows',
  selected: 'selected',
  nothing: 'No rows yet. They come with your first bank.',
  noMatch: (what: string) => `Nothing matches ${what}.`,
  searchAllDates: 'Search all dates',
  head: { day: 'Day', name: 'Name', category: 'Category', account: 'Account', amount: 'Amount' },
}
