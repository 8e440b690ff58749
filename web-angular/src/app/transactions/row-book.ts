import type { Transaction, TransactionPage } from '../api/types.ts'
import { addDays, daysBetween, firstDay, lastDay } from '../ui/days.ts'

/** How many rows a month has, newest month first. */
export type MonthCount = { month: string; count: number }

/** The next page to ask for: on from where another ended, or from a day (its rows and all older ones). */
export type PageAsk =
  | { from: 'cursor'; cursor: string; day: string | undefined; at: number }
  | { from: 'day'; day: string }

/** A day, and how many rows are newer: the place of its first row. */
type Anchor = { day: string; at: number }
/** Rows one after the other, the first at place `at`. `day`: where their question began; a cursor belongs to its question. */
type Run = { at: number; rows: Transaction[]; day: string | undefined; cursor: string | undefined }

/** A missing row that is at most so many places behind known ones is walked to by their cursor, not sought by its day. */
const near = 400
/** A run is cut there, so that far ones can be forgotten. */
const longestRun = 2000
/** More rows than these are not kept: those farthest from the ones in sight go first, and are asked for again. */
export const mostKept = 20_000

const endOf = (run: Run): number => run.at + run.rows.length
const fromDay = (day: string): PageAsk => ({ from: 'day', day })

/**
 * The list of rows as far as it is known: all places from the start, rows where they were asked for. It says which page
 * brings a row that is missing. A place is found by its day: the months' counts give the places at which months begin,
 * and each answer from a day gives one more (`totals.count` of it are left), until the row's own day is found.
 */
export class RowBook {
  readonly count: number
  readonly months: readonly (MonthCount & { at: number })[]
  readonly #anchors: Anchor[] = []
  /** Sorted by place; they do not overlap. */
  #runs: Run[] = []

  constructor(count: number, months: readonly MonthCount[], lastDayAsked: string | undefined) {
    this.count = count
    let at = 0
    this.months = months.map((one) => {
      const placed = { ...one, at }
      at += one.count
      return placed
    })
    for (const { month, at } of this.months) {
      const last = lastDay(month)
      this.#anchors.push({ day: lastDayAsked !== undefined && lastDayAsked < last ? lastDayAsked : last, at })
    }
    const oldest = this.months.at(-1)
    if (oldest) this.#anchors.push({ day: addDays(firstDay(oldest.month), -1), at: count })
  }

  at(index: number): Transaction | undefined {
    const run = this.#runs.find((one) => one.at <= index && index < endOf(one))
    return run?.rows[index - run.at]
  }

  /** The month of a place. */
  monthAt(index: number): string | undefined {
    return this.months.findLast(({ at }) => at <= index)?.month
  }

  /** What to ask for so that the first missing row of these places (both ends count) comes nearer; undefined: none is. */
  missing(from: number, to: number): PageAsk | undefined {
    for (let index = Math.max(0, from); index <= Math.min(to, this.count - 1); index++)
      if (this.at(index) === undefined) return this.#askFor(index)
    return undefined
  }

  #askFor(index: number): PageAsk | undefined {
    const before = this.#runs.findLast((run) => endOf(run) <= index)
    const walk = (run: Run | undefined): PageAsk | undefined =>
      run?.cursor === undefined ? undefined : { from: 'cursor', cursor: run.cursor, day: run.day, at: endOf(run) }
    const nearby = before && index - endOf(before) <= near ? walk(before) : undefined
    if (nearby) return nearby
    const place = this.#anchors.findLastIndex(({ at }) => at <= index)
    const [newer, older] = [this.#anchors[place], this.#anchors[place + 1]]
    // Without months nothing is known of days: on from the last known row.
    if (newer === undefined || older === undefined) return walk(before)
    const days = daysBetween(older.day, newer.day)
    if (days <= 1 || index - newer.at <= near)
      return before && before.at >= newer.at ? (walk(before) ?? fromDay(newer.day)) : fromDay(newer.day)
    const back = Math.floor(((index - newer.at) / (older.at - newer.at)) * days)
    return { from: 'day', day: addDays(newer.day, -Math.min(days - 1, Math.max(1, back))) }
  }

  /** Takes the answer in. False where the list is not the one that was counted: rows came or went meanwhile. */
  put(ask: PageAsk | 'first', page: TransactionPage): boolean {
    const day = ask === 'first' ? undefined : ask.day
    const at = ask !== 'first' && ask.from === 'cursor' ? ask.at : this.count - (page.totals?.count ?? this.count)
    if (at < 0) return false
    if (ask !== 'first' && ask.from === 'day') this.#anchor({ day: ask.day, at })
    const cursor = page.next_cursor
    if (page.items.length > 0) this.#place({ at, rows: page.items, day, cursor })
    // The end of the rows is the end of the list.
    return cursor !== undefined || at + page.items.length === this.count
  }

  #anchor(anchor: Anchor): void {
    if (this.#anchors.some(({ day }) => day === anchor.day)) return
    const place = this.#anchors.findIndex(({ day }) => day < anchor.day)
    this.#anchors.splice(place === -1 ? this.#anchors.length : place, 0, anchor)
  }

  /** New rows stand over those that were there; a run that goes on where another ended is one with it. */
  #place(fresh: Run): void {
    const end = endOf(fresh)
    const kept = this.#runs.flatMap((run): Run[] => {
      if (endOf(run) <= fresh.at || run.at >= end) return [run]
      const head = { ...run, rows: run.rows.slice(0, Math.max(0, fresh.at - run.at)), cursor: undefined }
      const tail = { ...run, at: end, rows: run.rows.slice(Math.max(0, end - run.at)) }
      return [head, tail].filter(({ rows }) => rows.length > 0)
    })
    const before = kept.find((run) => endOf(run) === fresh.at && run.rows.length < longestRun)
    const rest = kept.filter((run) => run !== before)
    const whole = before ? { ...fresh, at: before.at, rows: [...before.rows, ...fresh.rows] } : fresh
    this.#runs = [...rest, whole].sort((a, b) => a.at - b.at)
  }

  /** Keeps what is nearest to a place. */
  forgetFarFrom(index: number): void {
    let kept = this.#runs.reduce((all, run) => all + run.rows.length, 0)
    const distance = (run: Run) => Math.max(run.at - index, index - endOf(run))
    for (const run of [...this.#runs].sort((a, b) => distance(b) - distance(a))) {
      if (kept <= mostKept || distance(run) <= 0) return
      kept -= run.rows.length
      this.#runs = this.#runs.filter((one) => one !== run)
    }
  }
}
