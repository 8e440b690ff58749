const count = new Intl.NumberFormat()

/** "1 row", "4,812 rows" */
export const counted = (n: number, one: string, more = `${one}s`): string =>
  `${count.format(n)} ${n === 1 ? one : more}`
