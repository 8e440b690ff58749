import { dayNumber, dayOf } from '../identity/days.ts'

/** What a bank's date or date-time field says. */
export interface Moment {
  /** Local calendar day of the account. */
  readonly day: string
  /** UTC instant, or local time without a zone; undefined where the field is a plain day. */
  readonly dateTime?: string
  /** Exactly midnight UTC: a day in disguise. */
  readonly sentinel: boolean
}

export type ReadMoment = (text: unknown) => Moment | undefined

const MS_PER_DAY = 86_400_000
const DAY = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/**
 * A reader of dates for one account (§8.3): a plain day, exactly midnight UTC and a time without a zone are taken literally,
 * any other instant is converted to the account's zone. `timeZone` is an IANA name; throws RangeError for an unknown one.
 */
export function momentReader(timeZone: string): ReadMoment {
  let reader = readers.get(timeZone)
  if (reader === undefined) {
    if (readers.size >= MAX_READERS) readers.clear()
    reader = newReader(timeZone)
    readers.set(timeZone, reader)
  }
  return reader
}

/** Kept from answer to answer, with the days that they know: asking Intl for a zone's clocks is slow. */
const readers = new Map<string, ReadMoment>()
const MAX_READERS = 64
/** Of days and texts that a reader remembers: those of decades. */
const MAX_REMEMBERED = 20_000

function newReader(timeZone: string): ReadMoment {
  const local = localDays(timeZone)
  const dayOnly = plainDays()
  return (value) => {
    if (typeof value !== 'string') return undefined
    const text = value.length === 10 ? value : value.trim()
    if (text.length === 10) return dayOnly(text)
    if (CANONICAL.test(text)) {
      // Nearly all are written as we write them: nothing has to be put together anew.
      const day = dayOnly(text.slice(0, 10))?.day
      if (day === undefined) return undefined
      const timeMs = timeOf(text)
      if (timeMs === 0 && text.length === 20) return { day, sentinel: true }
      return { day: local(dayNumber(day) * MS_PER_DAY + timeMs), dateTime: text, sentinel: false }
    }
    const match = DATE_TIME.exec(text)
    if (match === null) return undefined
    const [, day = '', hour = '', minute = '', second = '00', fraction = '', zone] = match
    if (dayOnly(day) === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
    const digits = fraction.replace(/0+$/, '')
    const part = digits === '' ? '' : `.${digits}`
    const literal = `${day}T${hour}:${minute}:${second}${part}`
    if (zone === undefined) return { day, dateTime: literal, sentinel: false }
    const offset = offsetMinutes(zone)
    const timeMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
    if (offset === 0) {
      if (timeMs === 0 && digits === '') return { day, sentinel: true }
      return { day: local(dayNumber(day) * MS_PER_DAY + timeMs), dateTime: `${literal}Z`, sentinel: false }
    }
    const instant = dayNumber(day) * MS_PER_DAY + timeMs - offset * 60_000
    const utc = new Date(instant).toISOString().slice(0, 19)
    return { day: local(instant), dateTime: `${utc}${part}Z`, sentinel: false }
  }
}

/** An instant in UTC as it is told on: no trailing noughts in its fraction. */
const CANONICAL = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{0,8}[1-9])?Z$/

/** Ms since midnight of its hour, minute and second. */
function timeOf(text: string): number {
  const two = (at: number) => text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 11 * 0x30
  return ((two(11) * 60 + two(14)) * 60 + two(17)) * 1000
}

/** Texts that are a day of the calendar. There are few different ones, so each is looked at once. */
function plainDays(): (text: string) => Moment | undefined {
  const known = new Map<string, Moment | null>()
  return (text) => {
    let moment = known.get(text)
    if (moment === undefined) {
      const number = DAY.test(text) ? dayNumber(text) : Number.NaN
      moment = Number.isFinite(number) && dayOf(number) === text ? { day: text, sentinel: false } : null
      if (known.size >= MAX_REMEMBERED) known.clear()
      known.set(text, moment)
    }
    return moment ?? undefined
  }
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || '0')
  return zone.startsWith('-') ? -minutes : minutes
}

/**
 * Asking Intl is slow. A zone's distance from UTC is asked for once a UTC day, where it is the same at the day's begin and
 * end; on the few days on which clocks change it is asked for each instant.
 */
function localDays(timeZone: string): (instant: number) => string {
  const aheadAt = offsets(timeZone)
  const known = new Map<number, number>()
  const startOf = (utcDay: number) => {
    let ahead = known.get(utcDay)
    if (ahead === undefined) {
      ahead = aheadAt(utcDay * MS_PER_DAY)
      if (known.size >= MAX_REMEMBERED) known.clear()
      known.set(utcDay, ahead)
    }
    return ahead
  }
  const names = new Map<number, string>()
  return (instant) => {
    const utcDay = Math.floor(instant / MS_PER_DAY)
    const steady = startOf(utcDay) === startOf(utcDay + 1)
    const day = Math.floor((instant + (steady ? startOf(utcDay) : aheadAt(instant))) / MS_PER_DAY)
    let name = names.get(day)
    if (name === undefined) {
      name = dayOf(day)
      if (names.size >= MAX_REMEMBERED) names.clear()
      names.set(day, name)
    }
    return name
  }
}

/** How many ms a zone's clocks are ahead of UTC at an instant. */
function offsets(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    ...({ year: 'numeric', month: '2-digit', day: '2-digit' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const),
  })
  return (instant) => {
    const parts = format.formatToParts(instant)
    const part = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
    const local = Date.UTC(
      ...([Number(part('year')), Number(part('month')) - 1, Number(part('day'))] as const),
      ...([Number(part('hour')), Number(part('minute')), Number(part('second'))] as const),
    )
    return local - Math.floor(instant / 1000) * 1000
  }
}
