import { type Day, dayOfText, textOfDay } from './days.ts'
import { fieldsError, refusal, WireError } from './wire-error.ts'

/** The days asked for, both included; null where none is named. @throws WireError 400 (gocardless.md §2.5) */
export function readWindow(
  query: { date_from?: string; date_to?: string },
  today: Day,
): { from: Day | null; to: Day | null } {
  const from = readDay('date_from', query.date_from)
  const to = readDay('date_to', query.date_to)
  const ahead = Object.entries({ date_from: from, date_to: to }).filter(([, day]) => day !== null && day > today)
  if (ahead.length > 0) {
    const complaint = (day: Day) => ({
      summary: "Date can't be in future",
      detail: `'${textOfDay(day)}' can't be greater than ${textOfDay(today)}. Specify correct date range`,
    })
    throw new WireError(400, Object.fromEntries(ahead.map(([field, day]) => [field, complaint(day ?? today)])))
  }
  if (from !== null && to !== null && from > to) {
    const detail =
      `Starting date '${textOfDay(from)}' is greater than end date '${textOfDay(to)}'. ` +
      'When specifying date range, starting date must precede the end date'
    throw refusal(400, 'Incorrect date range', detail)
  }
  return { from, to }
}

function readDay(field: string, text: string | undefined): Day | null {
  if (text === undefined || text === '') return null
  const day = dayOfText(text)
  if (day !== null) return day
  throw fieldsError({ [field]: ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'] })
}
