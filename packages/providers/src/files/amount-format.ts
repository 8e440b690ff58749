import { parseAmount } from '../money.ts'

export type DecimalMark = '.' | ','

export interface StatedAmount {
  /** Plain: `-1234.56`, where the mark is known; else without its trimmings, as the bank wrote it. */
  amount: string
  /** That a symbol or a code beside the number names. */
  currency?: string
}

const SYMBOLS: Readonly<Record<string, string>> = { '£': 'GBP', '€': 'EUR', zł: 'PLN' }
/** Which currency `$`, `¥` or `kr` means nobody can know. */
const SYMBOL = /[£€$¥]|zł|kr\.?/giu
const CODE = /^([A-Z]{3})\s*(?=[-+(\d])|(?<=\d|\))\s*([A-Z]{3})$/
/** Words beside a number for the way the money went; German banks write S and H. */
const OUT_MARK = /(?<=\d)\s*(?:DR|D|S)\.?$/i
const IN_MARK = /(?<=\d)\s*(?:CR|C|H)\.?$/i

/** An amount as it stands in a cell, reduced to sign and number; undefined where it is none. */
export function statedAmount(cell: string, decimal?: DecimalMark): StatedAmount | undefined {
  // Most are just this.
  if (decimal !== ',' && PLAIN.test(cell)) return { amount: cell }
  let text = cell
    .replace(/[\s\u00a0\u202f']/g, ' ')
    .trim()
    .replace(/\u2212|\u2013/g, '-')
  if (text === '' || text.length > 40) return undefined
  let currency: string | undefined
  const code = CODE.exec(text)
  if (code !== null && !/^(?:DR|CR)$/.test(code[1] ?? code[2] ?? '')) {
    currency = code[1] ?? code[2]
    text = text.replace(CODE, '').trim()
  }
  text = text.replace(SYMBOL, (symbol) => {
    currency ??= SYMBOLS[symbol.toLowerCase()]
    return ''
  })
  let out = false
  if (/^\(.*\)$/.test(text)) {
    out = true
    text = text.slice(1, -1)
  }
  if (OUT_MARK.test(text)) {
    out = true
    text = text.replace(OUT_MARK, '')
  } else text = text.replace(IN_MARK, '')
  const plain = plainNumber(text.replace(/ /g, ''), decimal)
  if (plain === undefined) return undefined
  const amount = out ? `-${plain.replace(/^[-+]/, '')}` : plain
  return currency === undefined ? { amount } : { amount, currency }
}

const PLAIN = /^-?\d{1,15}\.\d{1,2}$/
const NUMBER = /^([+-]?)(\d[\d.,]*|[.,]\d+)(-?)$/
/** Thousands, and the Indian way of grouping them. */
const WHOLE: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^(?:\d+|\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.\d*)?$|^\.\d+$/,
  ',': /^(?:\d+|\d{1,3}(?:\.\d{2,3})*\.\d{3})(?:,\d*)?$|^,\d+$/,
}

function plainNumber(text: string, decimal: DecimalMark | undefined): string | undefined {
  const found = NUMBER.exec(text)
  if (found === null) return undefined
  const [, sign, digits = '', trailing] = found
  const minus = sign === '-' || trailing === '-' ? '-' : ''
  if (decimal === undefined) return WHOLE['.'].test(digits) || WHOLE[','].test(digits) ? `${minus}${digits}` : undefined
  if (!WHOLE[decimal].test(digits)) return undefined
  const thousands = decimal === '.' ? ',' : '.'
  return `${minus}${digits.replaceAll(thousands, '').replace(',', '.')}`
}

export type InferredDecimal = { mark?: DecimalMark; mixed: boolean }

/**
 * The decimal mark of a whole column. `1,234` alone may be either: the mark stays unknown, and the rule for single amounts
 * decides (it holds them).
 */
export function inferDecimal(cells: readonly string[]): InferredDecimal {
  let comma = 0
  let dot = 0
  for (const cell of cells) {
    if (PLAIN.test(cell)) {
      dot++
      continue
    }
    const digits = statedAmount(cell)?.amount.replace(/^-/, '')
    if (digits === undefined) continue
    const asDot = WHOLE['.'].test(digits)
    const asComma = WHOLE[','].test(digits)
    if (asDot && !asComma) dot++
    if (asComma && !asDot) comma++
  }
  if (dot > 0 && comma > 0) return { mixed: true }
  if (dot > 0) return { mark: '.', mixed: false }
  return comma > 0 ? { mark: ',', mixed: false } : { mixed: false }
}

export function looksLikeAmount(cell: string): boolean {
  return statedAmount(cell) !== undefined
}

/** Minor units of a plain amount, counted exactly; undefined where the normaliser would hold it. */
export function minorUnits(amount: string, currency: string): bigint | undefined {
  const parsed = parseAmount(amount, currency)
  return parsed.ok ? parsed.amountMinor : undefined
}

export function negated(amount: string): string {
  if (amount.startsWith('-')) return amount.slice(1)
  return `-${amount.replace(/^\+/, '')}`
}
