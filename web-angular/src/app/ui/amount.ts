import type { Money } from '../api/types.ts'

/** Decimal places that every currency fits in (KWD has 3; some feeds send 4). */
const scale = 4

/** Exact: a decimal string as a whole number of ten-thousandths. Throws a RangeError on anything else. */
export function toUnits(amount: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(amount)
  if (!match) throw new RangeError(`Found the amount "${amount}", expected a decimal with at most ${scale} places.`)
  const units = BigInt(match[2] ?? '0') * 10n ** BigInt(scale) + BigInt((match[3] ?? '').padEnd(scale, '0'))
  return match[1] === '-' ? -units : units
}

/** Back to a decimal string with at least two places, more only where they say something. */
export function toAmount(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0{1,2}$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${fraction.padEnd(2, '0')}`
}

export const isNegative = (money: Money): boolean => toUnits(money.amount) < 0n
export const isZero = (money: Money): boolean => toUnits(money.amount) === 0n

export function magnitude(money: Money): Money {
  return { ...money, amount: money.amount.replace(/^-/, '') }
}

export function minus(left: Money, right: Money): Money {
  return { amount: toAmount(toUnits(left.amount) - toUnits(right.amount)), currency: left.currency }
}

/** One sum for each currency, in the order they first come: currencies are never added silently. */
export function sums(all: readonly Money[]): Money[] {
  const units = new Map<string, bigint>()
  for (const money of all) units.set(money.currency, (units.get(money.currency) ?? 0n) + toUnits(money.amount))
  return [...units].map(([currency, total]) => ({ amount: toAmount(total), currency }))
}

/** For the length of a bar only: a picture may round, a figure may not. */
export const toNumber = (money: Money): number => Number(money.amount)
