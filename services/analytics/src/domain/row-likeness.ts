const dayMs = 86_400_000

/** Between two calendar days, either way. */
export const daysBetween = (a: string, b: string): number => Math.abs(Date.parse(a) - Date.parse(b)) / dayMs

/** `2026-05-03`, -3 → `2026-04-30`. */
export const shifted = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)

/** Texts of one payee's rows, whose numbers change from month to month, have the same key. */
export const textKey = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\d\s]+/g, ' ')
    .trim()

/** Two integers of minor units that are one figure mistyped; how, or undefined. */
export function misreading(
  a: bigint,
  b: bigint,
): 'sign' | 'decimal_point' | 'digits_swapped' | 'one_digit' | undefined {
  if (a === -b) return 'sign'
  if (a < 0n !== b < 0n) return undefined
  const [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  if ([10n, 100n, 1000n].some((power) => x === y * power || y === x * power)) return 'decimal_point'
  const [s, t] = [String(x), String(y)]
  if (s.length !== t.length) return undefined
  const differing = [...s].flatMap((digit, index) => (digit === t[index] ? [] : [index]))
  if (differing.length === 1) return 'one_digit'
  const [i = 0, j = 0] = differing
  const swapped = differing.length === 2 && j === i + 1 && s[i] === t[j] && s[j] === t[i]
  return swapped ? 'digits_swapped' : undefined
}
