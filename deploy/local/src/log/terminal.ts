import { resolve } from 'node:path'
/** Where a command writes. Answers go to `out`; what is said on the way (progress, warnings) to `err`, so that pipes stay clean. */
export type Terminal = {
  readonly json: boolean
  /** Aborted when the operator wants it to end. */
  readonly signal: AbortSignal
  out(line: string): void
  err(line: string): void
}

export type Cell = string | number | boolean | undefined

/** Columns as wide as their widest cell; numbers stand right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const said = rows.map((row) => row.map((cell) => (cell === undefined ? '-' : String(cell))))
  const widths = head.map((title, at) => Math.max(title.length, ...said.map((row) => row[at]?.length ?? 0)))
  const right = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (right[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(head), ...said.map(line)]
}

/** A table for people, or the same facts as one JSON document. */
export function show(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  facts: unknown,
): void {
  if (terminal.json) terminal.out(JSON.stringify(facts, null, 2))
  else for (const line of table(head, rows)) terminal.out(line)
}

/** `1,234`; the same everywhere, whatever the machine's language. */
export const counted = (count: number): string => count.toLocaleString('en-GB')

export function sized(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let at = 0
  let size = bytes
  for (; size >= 1000 && at < units.length - 1; at++) size /= 1000
  return `${size >= 100 || at === 0 ? Math.round(size) : size.toFixed(1)} ${units[at]}`
}

/** A file or folder as it was named: where npm was called, not where it runs us. */
export const placeOf = (word: string | undefined): string => resolve(process.env['INIT_CWD'] ?? '.', word ?? '')
