/** Money as integers of minor units. Imports nothing and runs in the browser. */

/** ISO 4217 (2026-01-01): the currencies whose minor unit is not a hundredth. */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((c) => [c, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((c) => [c, 3] as const),
  ['CLF', 4],
  ['UYW', 4],
])

/** Number of decimals of a currency's minor unit: 2 for GBP, 0 for JPY, 3 for KWD. */
export function exponentOf(currency: string): number {
  return EXPONENTS.get(currency) ?? 2
}

export type AmountProblem = 'amount_unparsable' | 'amount_ambiguous' | 'amount_precision'
export type ParsedAmount = { ok: true; amountMinor: bigint } | { ok: false; reason: AmountProblem }

/** So many digits always fit the 64 bits that storage has for an amount. */
const MAX_DIGITS = 18

/**
 * Reads an amount as banks write it (`-12.0`, `1.234,56`, `1 234.50`, `12,50-`) into minor units. Never rounds:
 * `amount_precision` where digits below the minor unit are not zero, `amount_ambiguous` for one comma before three
 * digits (thousands or decimals?), `amount_unparsable` for anything else. Rules: gocardless.md §8.2.
 */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const amountMinor = plainAmount(text, exponentOf(currency))
  return amountMinor === undefined ? writtenAmount(text, currency) : { ok: true, amountMinor }
}

/** Digits, at most so many that a number holds them exactly. */
const MAX_PLAIN_DIGITS = 15
const [MINUS, DOT, NOUGHT] = ['-', '.', '0'].map((sign) => sign.charCodeAt(0))

/** The form that nearly all amounts have, `-12.34`, read in one pass; undefined for any other. */
function plainAmount(text: string, exponent: number): bigint | undefined {
  const negative = text.charCodeAt(0) === MINUS
  let minor = 0
  let digits = 0
  let decimals = -1
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const digit = unit - (NOUGHT ?? 0)
    if (digit >= 0 && digit <= 9) {
      minor = minor * 10 + digit
      digits++
      if (decimals >= 0) decimals++
    } else if (unit === DOT && decimals < 0 && digits > 0) decimals = 0
    else return undefined
  }
  if (digits === 0 || decimals > exponent || digits + exponent > MAX_PLAIN_DIGITS) return undefined
  for (let place = Math.max(decimals, 0); place < exponent; place++) minor *= 10
  return BigInt(negative ? -minor : minor)
}

/** White space, marks that cannot be seen, and what is written as an apostrophe between groups of digits. */
const UNSEEN_OR_GROUPING = /[\s'\u2018\u2019\u02BC\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069]/g

function writtenAmount(text: string, currency: string): ParsedAmount {
  let plain = text.replace(UNSEEN_OR_GROUPING, '').replace(/\u2212/g, '-')
  if (plain.endsWith('-')) plain = `-${plain.slice(0, -1)}`
  if (!/^[+-]?[\d.,]+$/.test(plain)) return problem('amount_unparsable')
  const negative = plain.startsWith('-')
  const split = splitDecimals(plain.replace(/^[+-]/, ''))
  if (typeof split === 'string') return problem(split)
  const exponent = exponentOf(currency)
  const kept = split.decimals.slice(0, exponent)
  if (/[1-9]/.test(split.decimals.slice(exponent))) return problem('amount_precision')
  const digits = `${split.whole}${kept.padEnd(exponent, '0')}`.replace(/^0+(?=\d)/, '')
  if (digits.length > MAX_DIGITS) return problem('amount_unparsable')
  const magnitude = BigInt(digits)
  return { ok: true, amountMinor: negative ? -magnitude : magnitude }
}

function problem(reason: AmountProblem): ParsedAmount {
  return { ok: false, reason }
}

type Split = { whole: string; decimals: string }

function splitDecimals(unsigned: string): Split | AmountProblem {
  const commas = unsigned.split(',').length - 1
  const dots = unsigned.split('.').length - 1
  if (commas > 0 && dots > 0)
    return splitAt(unsigned, unsigned.lastIndexOf(',') > unsigned.lastIndexOf('.') ? ',' : '.')
  const mark = commas > 0 ? ',' : '.'
  const marks = commas + dots
  if (marks === 0) return { whole: unsigned, decimals: '' }
  if (marks > 1) {
    const grouped = unsigned.split(mark)
    const thousands = /^\d{1,3}$/.test(grouped[0] ?? '') && grouped.slice(1).every((group) => /^\d{3}$/.test(group))
    return thousands ? { whole: grouped.join(''), decimals: '' } : 'amount_unparsable'
  }
  if (mark === ',' && /,\d{3}$/.test(unsigned)) return 'amount_ambiguous'
  return splitAt(unsigned, mark)
}

/** The last separator is the decimal mark, so it must stand there once. */
function splitAt(unsigned: string, mark: string): Split | AmountProblem {
  const [whole = '', decimals = '', ...more] = unsigned.split(mark)
  if (more.length > 0 || !/^\d*$/.test(decimals)) return 'amount_unparsable'
  const plain = whole.replace(/[.,]/g, '')
  return plain === '' && decimals === '' ? 'amount_unparsable' : { whole: plain === '' ? '0' : plain, decimals }
}

/** The decimal string of an amount, with the currency's own number of decimals: `-1234n` GBP is `-12.34`. */
export function formatAmount(amountMinor: bigint, currency: string): string {
  const exponent = exponentOf(currency)
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(exponent + 1, '0')
  const sign = amountMinor < 0n ? '-' : ''
  const whole = digits.slice(0, digits.length - exponent)
  return exponent === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-exponent)}`
}
