import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Line = { what: string; measured: string; target: string }

const results = join(dirname(fileURLToPath(import.meta.url)), '..', 'RESULTS.md')
const heading = '# Results\n\nWritten by `npm run bench`; each section is the last run of one benchmark.\n'

/** Prints the table and puts it in place of the benchmark's last one in bench/RESULTS.md. */
export function report(name: string, about: string, lines: readonly Line[]): void {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`
  // More than the benchmark's own processes need: times are of a machine that others used, too.
  const load = `load ${loadavg()[1]?.toFixed(1)} over its last 5 minutes`
  const rows = lines.map(({ what, measured, target }) => `| ${what} | ${measured} | ${target} |`)
  const section = [
    `## ${name}`,
    '',
    `${new Date().toISOString().slice(0, 10)} · ${machine}, ${load} · ${about}`,
    '',
    '| | measured | target |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
  process.stdout.write(`\n${section}\n`)
  const before = existsSync(results) ? readFileSync(results, 'utf8') : heading
  const others = before.split(/^(?=## )/m).filter((part) => !part.startsWith(`## ${name}\n`))
  writeFileSync(results, [...others.map((part) => part.trimEnd()), section.trimEnd()].join('\n\n').concat('\n'))
}

/** The value below which `share` of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
