import type { Money } from '../api/types.ts'
import { isNegative, isZero, magnitude } from './amount.ts'

/**
 * How a figure carries its sign. `flow`: + for money in, − for money out. `balance`: − only. `plain`: none, for columns
 * whose head says which way it went.
 */
export type SignStyle = 'flow' | 'balance' | 'plain'

/** A figure in three pieces, so that the pence can be quieter; together they are the text. */
export type FigureParts = { lead: string; pence: string; tail: string }

const minusSign = '\u2212'
const wordJoiner = '\u2060'
const formats = new Map<string, Intl.NumberFormat>()

function numberFormat(currency: string, locale: string | undefined, whole: boolean): Intl.NumberFormat {
  const key = `${locale} ${currency} ${whole}`
  let format = formats.get(key)
  if (!format) {
    const digits = whole ? { maximumFractionDigits: 0 } : {}
    format = new Intl.NumberFormat(locale, { style: 'currency', currency, signDisplay: 'never', ...digits })
    formats.set(key, format)
  }
  return format
}

const signOf = (money: Money, style: SignStyle): string => {
  if (style === 'plain' || isZero(money)) return ''
  if (isNegative(money)) return minusSign
  return style === 'flow' ? '+' : ''
}

/** Exact: the decimal string goes to Intl as it is. The locale (the browser's, unless named) places the symbol. */
export function figureParts(money: Money, style: SignStyle = 'balance', locale?: string): FigureParts {
  const amount = magnitude(money).amount as Intl.StringNumericLiteral
  const parts = numberFormat(money.currency, locale, false).formatToParts(amount)
  const decimal = parts.findIndex((part) => part.type === 'decimal')
  const text = (some: Intl.NumberFormatPart[]) => some.map((part) => part.value).join('')
  if (decimal === -1) return { lead: signOf(money, style) + text(parts), pence: '', tail: '' }
  return {
    lead: signOf(money, style) + text(parts.slice(0, decimal)),
    pence: text(parts.slice(decimal, decimal + 2)),
    tail: text(parts.slice(decimal + 2)),
  }
}

/** The same in one piece for a sentence; the word joiner keeps the sign at its figure where a line breaks. */
export function figureText(money: Money, style: SignStyle = 'balance', locale?: string): string {
  const { lead, pence, tail } = figureParts(money, style, locale)
  return lead.replace(/^[+\u2212]/, `$&${wordJoiner}`) + pence + tail
}

/** For axes only, which say so by their place: whole units, thousands as k. */
export function axisText(value: number, currency: string, locale?: string): string {
  const thousands = Math.abs(value) >= 1000
  const shown = Math.abs(thousands ? value / 1000 : value)
  const parts = numberFormat(currency, locale, !thousands || Number.isInteger(shown)).formatToParts(shown)
  const trimmed = parts.map((part) => (part.type === 'fraction' ? part.value.replace(/0+$/, '') : part.value))
  const last = parts.findLastIndex((part) => part.type === 'integer' || part.type === 'fraction')
  if (thousands) trimmed[last] += 'k'
  return (value < 0 ? minusSign : '') + trimmed.join('')
}

/** Of a file: whole kilobytes, then megabytes to a tenth. */
export function sizeText(bytes: number, locale?: string): string {
  const large = bytes >= 1_000_000
  const unit = { style: 'unit', unit: large ? 'megabyte' : 'kilobyte', maximumFractionDigits: large ? 1 : 0 } as const
  return new Intl.NumberFormat(locale, unit).format(bytes / (large ? 1_000_000 : 1000))
}

export const formatCount = (count: number, locale?: string): string => new Intl.NumberFormat(locale).format(count)

/** For tables that say "in whole pounds": no symbol, no pence; a minus where more came back than went. */
export function wholeText(money: Money, locale?: string): string {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0, signDisplay: 'never' })
  const text = whole.format(magnitude(money).amount as Intl.StringNumericLiteral)
  return (isNegative(money) && text !== '0' ? minusSign : '') + text
}
