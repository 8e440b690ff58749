/** Calendar days (`YYYY-MM-DD`) and the instants they mean in a zone. Pure: `Intl` knows the zones, nobody asks the clock. */
export const minuteMs = 60_000
export const dayMs = 86_400_000

export const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString()

/** The calendar day of an instant (RFC 3339) in an IANA zone. */
export function dayIn(instant: string, zone: string): string {
  return new Date(wallMs(Date.parse(instant), zone)).toISOString().slice(0, 10)
}

export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs)

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** When the zone's clocks show `minutes` past midnight of a day; inside a skipped hour, the same distance past the jump. */
export function instantAt(day: string, minutes: number, zone: string): string {
  const wall = Date.parse(`${day}T00:00:00Z`) + minutes * minuteMs
  const guess = wall - (wallMs(wall, zone) - wall)
  return new Date(wall - (wallMs(guess, zone) - guess)).toISOString()
}

const formats = new Map<string, Intl.DateTimeFormat>()

const quarterMs = 15 * minuteMs
/** Asked for again and again: the scheduler looks at every account's night each minute. */
const offsets = new Map<string, number>()
const mostOffsets = 10_000

/** What the zone's clocks show at an instant, to the second, read as if it were UTC. */
function wallMs(ms: number, zone: string): number {
  // Clocks are changed on the quarter of an hour, in every zone.
  const quarter = Math.floor(ms / quarterMs)
  const name = `${quarter} ${zone}`
  const offset = offsets.get(name) ?? offsetMs(quarter * quarterMs, zone)
  if (offsets.size >= mostOffsets) offsets.clear()
  offsets.set(name, offset)
  return Math.floor(ms / 1000) * 1000 + offset
}

function offsetMs(ms: number, zone: string): number {
  const known = formats.get(zone)
  const format =
    known ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
  if (known === undefined) formats.set(zone, format)
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute, second } = part
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - ms
}
