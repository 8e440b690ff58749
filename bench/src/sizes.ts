/**
 * How large the measured space is: accounts in which a hundred rows are new each day, so that a day of the bank's clock is
 * "100 new rows" at every size.
 */
export type Size = { name: string; accounts: number; rowsPerAccount: number; days: number }

const sizes: readonly Size[] = [
  { name: '10k', accounts: 1, rowsPerAccount: 10_000, days: 100 },
  { name: '200k', accounts: 3, rowsPerAccount: 73_000, days: 730 },
  { name: '1m', accounts: 14, rowsPerAccount: 73_000, days: 730 },
]

/** `--size 10k|200k|1m`; 200k unless told. Throws for another one. */
export function sizeAsked(given = process.argv): Size {
  const at = given.indexOf('--size')
  const name = at < 0 ? '200k' : given[at + 1]
  const size = sizes.find((candidate) => candidate.name === name)
  if (size === undefined)
    throw new Error(`--size ${name}: expected one of ${sizes.map((known) => known.name).join(', ')}.`)
  return size
}

export const rowsOf = ({ accounts, rowsPerAccount }: Size): number => accounts * rowsPerAccount
