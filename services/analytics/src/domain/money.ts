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

/** `-1234n, 'GBP'` → `{amount: '-12.34', currency: 'GBP'}`: all decimals of the currency, never a float, never `-0.00`. */
export function moneyOf(amountMinor: bigint, currency: string): { amount: string; currency: string } {
  const places = decimals[currency] ?? 2
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = places === 0 ? '' : `.${digits.slice(-places)}`
  return { amount: `${amountMinor < 0n ? '-' : ''}${whole}${fraction}`, currency }
}
