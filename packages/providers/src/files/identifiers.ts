import { isIban } from '../normalise/account.ts'
import type { StatementIdentifiers } from './statement.ts'

/** What an account number is, by its look. `bank` is a number of the bank's that stands beside it: a sort code, a BLZ. */
export function identifiersFrom(stated: string, currency: string | undefined, bank = ''): StatementIdentifiers {
  const text = stated.replace(/^'+/, '').trim()
  const compact = text.replace(/[\s'-]/g, '').toUpperCase()
  if (compact === '') return {}
  if (isIban(compact)) return { iban: compact }
  // MT940 writes the currency behind the number.
  const bare = compact.replace(/[A-Z]{3}$/, '')
  if (bare !== compact && isIban(bare)) return { iban: bare }
  const card = maskedCard(compact)
  if (card !== undefined) return { maskedPan: card }
  const digits = bare.replace(/[^\d/]/g, '')
  const code = bank.replace(/\D/g, '')
  const british = currency === undefined || currency === '' || currency === 'GBP'
  if (british && /^\d{14}$/.test(digits)) return { sortCodeAccount: digits }
  if (british && /^\d{8}$/.test(digits) && /^\d{6}$/.test(code)) return { sortCodeAccount: code + digits }
  const blz = /^(\d{8})\/(\d{1,10})$/.exec(digits)
  if (blz !== null) return { bban: `${blz[1]}${(blz[2] ?? '').padStart(10, '0')}` }
  return { other: code === '' ? text : `${code}/${text}` }
}

/** A card's number, masked: the whole one of a file that names it leaves this function without its middle. */
function maskedCard(compact: string): string | undefined {
  const masked = /^(\d{0,8})[X*•.]{3,}(\d{4,5})$/.exec(compact)
  if (masked !== null) return `${masked[1]}******${masked[2]}`
  if (!/^[3-6]\d{14,15}$/.test(compact) || !hasCheckDigit(compact)) return undefined
  return `${compact.slice(0, 6)}******${compact.slice(-4)}`
}

/** Luhn (ISO/IEC 7812-1). */
function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (const [i, digit] of [...digits].reverse().entries()) {
    const weighted = i % 2 === 0 ? Number(digit) : Number(digit) * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}
