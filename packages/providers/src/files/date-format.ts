import { dayNumber, dayOf } from '../identity/days.ts'

/** Reads a date in one written form; undefined where the text is not one. `time` where it follows in the same text. */
export type ReadDate = (text: string) => { day: string; time?: string } | undefined

/** Words for the months, by their first three or four letters: English, German, French, Spanish, Italian, Dutch, Polish. */
const MONTHS: readonly (readonly string[])[] = [
  ['jan', 'jän', 'janv', 'ene', 'gen', 'sty'],
  ['feb', 'fév', 'févr', 'lut'],
  ['mar', 'mär', 'mrz', 'mars', 'mrt', 'maa'],
  ['apr', 'avr', 'abr', 'kwi'],
  ['may', 'mai', 'mag', 'mei', 'maj'],
  ['jun', 'juin', 'giu', 'cze'],
  ['jul', 'juil', 'lug', 'lip'],
  ['aug', 'aoû', 'août', 'ago', 'sie'],
  ['sep', 'sept', 'set', 'wrz'],
  ['oct', 'okt', 'ott', 'paź'],
  ['nov', 'lis'],
  ['dec', 'dez', 'déc', 'dic', 'gru'],
]
const MONTH_NUMBERS = new Map(MONTHS.flatMap((words, i) => words.map((word) => [word, i + 1] as const)))

function monthOf(word: string): number | undefined {
  const plain = word.toLowerCase().replace(/\.$/, '')
  return MONTH_NUMBERS.get(plain.slice(0, 4)) ?? MONTH_NUMBERS.get(plain.slice(0, 3))
}

const PARTS: Readonly<Record<string, string>> = {
  yyyy: '(?<y>\\d{4})',
  yy: '(?<y>\\d{2})',
  MMMM: '(?<name>\\p{L}{3,12}\\.?)',
  MMM: '(?<name>\\p{L}{3,12}\\.?)',
  MM: '(?<m>\\d{1,2})',
  M: '(?<m>\\d{1,2})',
  dd: '(?<d>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
}
const TIME =
  '(?:[T ,]{1,3}(?<time>\\d{1,2}[:.]\\d{2}(?:[:.]\\d{2})?)(?:[.,]\\d{1,9})?\\s*(?:Z|UTC|[+-]\\d{2}:?\\d{2})?)?'

/** A reader of a form such as `dd/MM/yyyy` or `d MMM yy`; undefined where that is no form of a date. */
export function dateReader(format: string): ReadDate | undefined {
  const tokens = format.trim().match(/yyyy|yy|M{1,4}|d{1,2}|[^yMd]+/g) ?? []
  const letters = tokens.map((token) => token[0]).filter((letter) => letter !== undefined && 'yMd'.includes(letter))
  const kinds = [...letters].sort().join('')
  if (kinds !== 'Mdy' || tokens.some((token) => /\p{L}/u.test(token) && PARTS[token] === undefined)) return undefined
  const glued = tokens.every((token) => PARTS[token] !== undefined)
  const body = tokens.map((token) => patternOf(token, glued)).join('')
  const pattern = new RegExp(`^${body}${TIME}$`, 'u')
  const known = new Map<string, ReturnType<ReadDate>>()
  return (text) => {
    const plain = text.trim()
    if (known.has(plain)) return known.get(plain)
    const read = readWith(pattern, plain)
    // A statement has few different days; one with times has as many texts as rows.
    if (plain.length <= 12) known.set(plain, read)
    return read
  }
}

function patternOf(token: string, glued: boolean): string {
  const part = PARTS[token]
  if (part === undefined) return token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+')
  // Without separators every part has its full width.
  return glued ? part.replace('{1,2}', '{2}') : part
}

function readWith(pattern: RegExp, text: string): ReturnType<ReadDate> {
  const found = pattern.exec(text)?.groups
  if (found === undefined) return undefined
  const { y = '', m, d = '', name, time } = found
  const month = name === undefined ? Number(m) : monthOf(name)
  if (month === undefined) return undefined
  const year = y.length === 4 ? y : centuryOf(y)
  const day = `${year}-${String(month).padStart(2, '0')}-${d.padStart(2, '0')}`
  if (!isDay(day)) return undefined
  return time === undefined ? { day } : { day, time: timeOf(time) }
}

/** Two digits of a year: nobody has statements from before 1970. */
function centuryOf(twoDigits: string): string {
  return Number(twoDigits) >= 70 ? `19${twoDigits}` : `20${twoDigits}`
}

/** Whether a text is a day of the calendar, `2026-02-30` being none. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const date = Number(text.slice(8))
  if (date >= 1 && date <= 28) return /-(?:0[1-9]|1[0-2])-/.test(text)
  const number = dayNumber(text)
  return Number.isFinite(number) && dayOf(number) === text
}

/** `9:05` as `09:05:00`. */
export function timeOf(text: string): string {
  const [hour = '', minute = '', second = '00'] = text.split(/[:.]/)
  return `${hour.padStart(2, '0')}:${minute}:${second}`
}

/** The forms that are looked for, where none is stated. With dots the day always stands first. */
const FORMATS: readonly string[] = [
  ...['-', '/', '.'].map((mark) => `yyyy${mark}MM${mark}dd`),
  ...['/', '-', '.', ' '].flatMap((mark) => [`dd${mark}MM${mark}yyyy`, `dd${mark}MM${mark}yy`]),
  ...['/', '-'].flatMap((mark) => [`MM${mark}dd${mark}yyyy`, `MM${mark}dd${mark}yy`]),
  ...[' ', '-', '/', '.', '. '].flatMap((mark) => [`dd${mark}MMM${mark}yyyy`, `dd${mark}MMM${mark}yy`]),
  'MMM dd, yyyy',
  'MMM dd yyyy',
  'yyyyMMdd',
  'ddMMyyyy',
]
const READERS = FORMATS.map((format) => ({ format, read: dateReader(format) as ReadDate }))

export type InferredDates =
  | { ok: true; format: string; read: ReadDate; fits: number }
  | { ok: false; reason: 'none' | 'ambiguous' | 'mixed' }

/**
 * The form of a whole column. One that fits every text that any form fits; where two do and read different days
 * (03/04/2026), nobody can know: that is not guessed.
 */
export function inferDates(texts: readonly string[], formats = READERS): InferredDates {
  const distinct = [...new Set(texts.map(withoutTime).filter((text) => text !== ''))]
  const candidates = formats
    .map(({ format, read }) => ({ format, read, days: distinct.map((text) => read(text)?.day) }))
    .filter(({ days }) => days.some((day) => day !== undefined))
  if (candidates.length === 0) return { ok: false, reason: 'none' }
  const readable = distinct.map((_, i) => candidates.some(({ days }) => days[i] !== undefined))
  const complete = candidates.filter(({ days }) => readable.every((can, i) => !can || days[i] !== undefined))
  const first = complete[0]
  if (first === undefined) return { ok: false, reason: 'mixed' }
  const differs = complete.some(({ days }) => days.some((day, i) => day !== first.days[i]))
  if (differs) return { ok: false, reason: 'ambiguous' }
  const fits = texts.filter((text) => first.read(text) !== undefined).length
  return { ok: true, format: first.format, read: first.read, fits }
}

/** A column of moments has few days. */
function withoutTime(text: string): string {
  return text.trim().replace(/[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}.*)?$/, '')
}

/** As `inferDates`, among forms that are known to be in use. */
export function chooseDates(texts: readonly string[], formats: readonly string[]): InferredDates {
  const readers = formats.flatMap((format) => {
    const read = dateReader(format)
    return read === undefined ? [] : [{ format, read }]
  })
  return inferDates(texts, readers)
}

/** Whether any known form reads this text as a date. */
export function looksLikeDate(text: string): boolean {
  return /\d/.test(text) && text.length <= 32 && READERS.some(({ read }) => read(text) !== undefined)
}
