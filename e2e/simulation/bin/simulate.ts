/**
 * `npm run simulate -- --seed 7 --years 1`, or `--seeds 1..1000 --years 0.1`: the whole line in one process, seed by seed, on
 * as many processes as there are processors. A seed that fails is cut down and printed with the command that repeats it.
 * `--days` in place of `--years`; `--faults 3,9` keeps those of the seed's plan alone (`none`: not one); `--verbose` tells
 * what services tell of; `--digests` prints each seed's digest; `--whole` cuts nothing down; `--first` ends with the first
 * seed that fails.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { repeatCommand, runSeed, type SeedReport } from '../run-seed.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    years: { type: 'string' },
    days: { type: 'string' },
    faults: { type: 'string' },
    processes: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    digests: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
  },
})

const days =
  values.days === undefined ? Math.max(1, Math.round(Number(values.years ?? 0.1) * 365)) : Number(values.days)
const seeds = values.seeds === undefined ? [values.seed ?? '1'] : rangeOf(values.seeds)
const kept =
  values.faults === undefined ? undefined : values.faults === 'none' ? [] : values.faults.split(',').map(Number)
const options = { days, kept, verbose: values.verbose, shrinks: !values.whole }

if (process.send !== undefined) await answerParent()
else if (seeds.length === 1) finish([await runSeed(seeds[0]!, options)])
else finish(await runAll(seeds))

function rangeOf(text: string): string[] {
  const [from, to] = text.split('..').map(Number)
  if (from === undefined || to === undefined || !(from <= to)) throw new Error(`--seeds ${text}: expected 1..1000`)
  return Array.from({ length: to - from + 1 }, (_, n) => String(from + n))
}

/** As a child: a seed comes, its report goes. */
async function answerParent(): Promise<void> {
  process.on('message', (seed: string) => void runSeed(seed, options).then((report) => process.send?.(report)))
  process.send?.('ready')
}

function runAll(waiting: string[]): Promise<SeedReport[]> {
  const reports: SeedReport[] = []
  const count = Math.min(Number(values.processes ?? availableParallelism()), waiting.length)
  const total = waiting.length
  const queue = [...waiting]
  return new Promise((resolve, reject) => {
    const children: ChildProcess[] = []
    const next = (child: ChildProcess) => {
      const seed = queue.shift()
      if (seed !== undefined) child.send(seed)
      else child.disconnect()
    }
    for (let n = 0; n < count; n++) {
      const child = fork(new URL(import.meta.url), process.argv.slice(2), { execArgv: process.execArgv })
      children.push(child)
      child.on('message', (message: 'ready' | SeedReport) => {
        if (message !== 'ready') {
          reports.push(message)
          if (message.failure !== undefined) tell(message)
        }
        if (reports.length === total || (values.first && reports.some(({ failure }) => failure))) {
          resolve(reports)
          for (const one of children) one.kill()
          return
        }
        next(child)
      })
      child.on('exit', (code) => {
        if (code) reject(new Error(`A process of the simulation ended with ${code}.`))
      })
    }
  })
}

function tell(report: SeedReport): void {
  const { seed, failure, faults } = report
  if (failure === undefined) return
  const words = faults.map((fault) => `    ${fault}\n`).join('')
  process.stdout.write(
    `seed ${seed} FAILED on day ${failure.day}: ${failure.oracle}\n  ${failure.found}\n  faults:\n${words || '    none\n'}  repeat: ${repeatCommand(report)}\n`,
  )
}

function finish(reports: SeedReport[]): void {
  if (seeds.length === 1) for (const report of reports) tell(report)
  if (values.digests) {
    const ordered = reports.toSorted((a, b) => Number(a.seed) - Number(b.seed))
    for (const { seed, digest } of ordered) process.stdout.write(`${seed} ${digest}\n`)
  }
  const failed = reports.filter(({ failure }) => failure !== undefined)
  const sum = (of: (report: SeedReport) => number) => reports.reduce((all, report) => all + of(report), 0)
  const [bankDays, cpu] = [sum(({ lived }) => lived), sum(({ cpuSeconds }) => cpuSeconds)]
  process.stdout.write(
    `${reports.length} seeds, ${bankDays} bank days, ${sum(({ messages }) => messages)} messages, ` +
      `${sum(({ struck }) => struck)} faults struck, ${sum(({ compared }) => compared)} rows compared with the bank's: ` +
      `${failed.length} failed. ${Math.round(bankDays / cpu)} bank days a second and processor.\n`,
  )
  process.exitCode = failed.length === 0 ? 0 : 1
}
