import { dayNumber, dayOf } from '../identity/days.ts'

/** What a bank's date or date-time field says. */
export interface Moment {
  /** Local calendar day of the account. */
  day: string
  /** UTC instant, or local time without a zone; undefined where the field is a plain day. */
  dateTime?: string
  /** Exactly midnight UTC: a day in disguise. */
  sentinel: boolean
}

export type ReadMoment = (text: unknown) => Moment | undefined

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/**
 * A reader of dates for one account (§8.3): a plain day, exactly midnight UTC and a time without a zone are taken literally,
 * any other instant is converted to the account's zone. `timeZone` is an IANA name; throws RangeError for an unknown one.
 */
export function momentReader(timeZone: string): ReadMoment {
  const local = localDays(timeZone)
  const isDay = dayCheck()
  return (value) => {
    if (typeof value !== 'string') return undefined
    const text = value.trim()
    if (DAY.test(text)) return isDay(text) ? { day: text, sentinel: false } : undefined
    const match = DATE_TIME.exec(text)
    if (match === null) return undefined
    const [, day = '', hour = '', minute = '', second = '00', fraction = '', zone] = match
    if (!isDay(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
    const time = `${hour}:${minute}:${second}`
    const digits = fraction.replace(/0+$/, '')
    const literal = `${day}T${time}${digits === '' ? '' : `.${digits}`}`
    if (zone === undefined) return { day, dateTime: literal, sentinel: false }
    const offset = offsetMinutes(zone)
    if (offset === 0 && time === '00:00:00' && digits === '') return { day, sentinel: true }
    const instant = Date.parse(`${day}T${time}Z`) - offset * 60_000
    const utc = new Date(instant).toISOString().slice(0, 19)
    return { day: local(instant), dateTime: `${utc}${digits === '' ? '' : `.${digits}`}Z`, sentinel: false }
  }
}

/** Whether a text of the right shape is a day of the calendar. A response has few different days. */
function dayCheck(): (day: string) => boolean {
  const known = new Map<string, boolean>()
  return (day) => {
    let valid = known.get(day)
    if (valid === undefined) {
      const number = dayNumber(day)
      valid = Number.isFinite(number) && dayOf(number) === day
      known.set(day, valid)
    }
    return valid
  }
}

function offsetMinutes(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || '0')
  return zone.startsWith('-') ? -minutes : minutes
}

/** Asking Intl is slow; an offset from UTC changes at most on the quarter of an hour, so one answer serves a quarter. */
function localDays(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const quarter = 15 * 60_000
  const known = new Map<number, string>()
  return (instant) => {
    const at = Math.floor(instant / quarter)
    let day = known.get(at)
    if (day === undefined) {
      const parts = format.formatToParts(at * quarter)
      const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
      day = `${part('year')}-${part('month')}-${part('day')}`
      known.set(at, day)
    }
    return day
  }
}
