const MS_PER_DAY = 86_400_000

/** Days since 1970-01-01 of a calendar day `YYYY-MM-DD`; NaN where digits are missing. */
export function dayNumber(day: string): number {
  return Date.UTC(numberIn(day, 0, 4), numberIn(day, 5, 7) - 1, numberIn(day, 8, 10)) / MS_PER_DAY
}

/** The digits from `start` to before `end`, read where they stand: every row is asked for its days several times. */
function numberIn(text: string, start: number, end: number): number {
  let number = 0
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

export function dayOf(number: number): string {
  return new Date(number * MS_PER_DAY).toISOString().slice(0, 10)
}
