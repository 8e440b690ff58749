import type { ManifestDataset, ManifestFile } from '@pf/contracts'

/** One file that takes the place of others. */
export type Compaction = { readonly file: ManifestFile; readonly replaced: readonly string[] }

export type CompactionBounds = {
  /** So many small files in a row are worth a compaction. */
  compactFrom: number
  /** Of one compaction. */
  compactMaxFiles: number
  compactMaxRows: number
  compactMaxBytes: number
}

/**
 * Runs of small files to be made one each. Only neighbours in their dataset: the order of the manifest stays the order of
 * the rows. A file of half the bounds is small no more, so that no row is written again more than a bounded number of times.
 */
export function runsToCompact(files: readonly ManifestFile[], bounds: CompactionBounds): ManifestFile[][] {
  const runs: ManifestFile[][] = []
  for (const ofDataset of Map.groupBy(files, ({ dataset }) => dataset).values()) {
    let run: ManifestFile[] = []
    for (const file of ofDataset) {
      if (!fits(run, file, bounds)) {
        runs.push(run)
        run = []
      }
      if (isSmall(file, bounds)) run.push(file)
    }
    runs.push(run)
  }
  return runs.filter((run) => run.length >= bounds.compactFrom)
}

const isSmall = ({ rows, bytes }: ManifestFile, { compactMaxRows, compactMaxBytes }: CompactionBounds): boolean =>
  rows < compactMaxRows / 2 && bytes < compactMaxBytes / 2

/** Files of two schema versions never become one. */
function fits(run: readonly ManifestFile[], file: ManifestFile, bounds: CompactionBounds): boolean {
  const [first] = run
  if (first === undefined) return true
  return (
    isSmall(file, bounds) &&
    first.schemaVersion === file.schemaVersion &&
    run.length < bounds.compactMaxFiles &&
    sumOf(run, 'rows') + file.rows <= bounds.compactMaxRows &&
    sumOf(run, 'bytes') + file.bytes <= bounds.compactMaxBytes
  )
}

const sumOf = (files: readonly ManifestFile[], what: 'rows' | 'bytes'): number =>
  files.reduce((sum, file) => sum + file[what], 0)

/** The new file stands where the first of those replaced stood. Where none of them stands, nothing changes. */
export function swapped<F extends ManifestFile>(files: readonly F[], { file, replaced }: Compaction): readonly F[] {
  const gone = new Set(replaced)
  const at = files.findIndex(({ key }) => gone.has(key))
  if (at === -1) return files
  // A compaction stays within its dataset: where its files stand, it may stand.
  return files.flatMap((one, i) => (i === at ? [file as F] : gone.has(one.key) ? [] : [one]))
}

/** Whether all that it replaces stands. */
export function standsIn(files: readonly ManifestFile[], { replaced }: Pick<Compaction, 'replaced'>): boolean {
  const keys = new Set(files.map(({ key }) => key))
  return replaced.every((key) => keys.has(key))
}

/** Datasets whose files the present state of an account is folded from. */
export const foldedDatasets: readonly ManifestDataset[] = ['observations', 'decisions', 'links', 'held']
