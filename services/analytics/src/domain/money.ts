/** ISO 4217 currencies whose minor unit is not a hundredth, as the normaliser knows them (gocardless.md §8.2). */
const decimals: Readonly<Record<string, number>> = {
  JPY: 0,
  KRW: 0,
  ISK: 0,
  CLP: 0,
  VND: 0,
  KWD: 3,
  BHD: 3,
  TND: 3,
  OMR: 3,
  JOD: 3,
}

const placesOf = (currency: string): number => decimals[currency] ?? 2

/** `-1234n, 'GBP'` → `{amount: '-12.34', currency: 'GBP'}`: all decimals of the currency, never a float, never `-0.00`. */
export function moneyOf(amountMinor: bigint, currency: string): { amount: string; currency: string } {
  const places = placesOf(currency)
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = places === 0 ? '' : `.${digits.slice(-places)}`
  return { amount: `${amountMinor < 0n ? '-' : ''}${whole}${fraction}`, currency }
}

/** Currencies with equally many decimals, together: `[[0, ['JPY']], [2, ['EUR', 'GBP']]]`. */
export const currenciesByPlaces = (currencies: readonly string[]): [places: number, currencies: string[]][] =>
  [...Map.groupBy(currencies, placesOf)].sort(([a], [b]) => a - b)

/** `'-12.345'` in minor units of `places` decimals; between two it is the greater one (`up`) or the lesser. */
export function minorOf(amount: string, places: number, rounded: 'up' | 'down'): bigint {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? []
  const digits = BigInt(`${whole}${fraction.slice(0, places).padEnd(places, '0')}`)
  const minor = sign === '-' ? -digits : digits
  // What was cut off lies away from zero.
  if (!/[1-9]/.test(fraction.slice(places))) return minor
  if (sign === '-') return rounded === 'up' ? minor : minor - 1n
  return rounded === 'up' ? minor + 1n : minor
}
