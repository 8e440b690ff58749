import type { KnownFile } from '../application/ports.ts'

/** Of the files that one replaces, some are in the marts and some are not: rows are not told apart by file. */
export class MartOutOfStep extends Error {
  readonly code = 'mart_out_of_step'
  constructor({ key, replaces = [] }: KnownFile, covered: number) {
    super(
      `mart_out_of_step: ${covered} of the ${replaces.length} files that ${key} replaces are in the marts; they are built anew.`,
    )
    this.name = 'MartOutOfStep'
  }
}

/**
 * What is to be done for these files, in their order. `known`: names that are in the marts, or were. A file whose rows are
 * there under the names that it replaces takes their place; one of which nothing is there is loaded. Throws MartOutOfStep.
 */
export function planLoading(
  files: readonly KnownFile[],
  known: ReadonlySet<string>,
): { fresh: KnownFile[]; swaps: KnownFile[] } {
  const names = new Set(known)
  const fresh: KnownFile[] = []
  const swaps: KnownFile[] = []
  for (const file of files) {
    if (names.has(file.key)) continue
    const { key, replaces = [] } = file
    const covered = replaces.filter((one) => names.has(one)).length
    if (covered > 0 && covered < replaces.length) throw new MartOutOfStep(file, covered)
    if (covered > 0) swaps.push(file)
    else fresh.push(file)
    for (const name of [key, ...replaces]) names.add(name)
  }
  return { fresh, swaps }
}
