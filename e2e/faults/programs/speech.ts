/** One line on standard output: a pipe takes it at once, so that it is told even if the next moment is the last. */
export function say(what: string, facts: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ say: what, ...facts })}\n`)
}

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : String(error))
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What the spec gave on the command line. */
export function optionsOf<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '{}') as Options
}
