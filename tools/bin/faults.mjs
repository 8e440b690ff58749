#!/usr/bin/env node
/**
 * `npm run test:faults -- --seed N --minutes M [--only power-cut,partition]`: all faults, again and again with seeds made
 * from N, until the minutes are over; at least each once. Prints what came of each, and the seed that repeats a failure.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail, node, prepare, root } from '../../deploy/local/bin/prepare.mjs'
import { findChromium, findNatsServer, findWeed } from './real-parts.mjs'

const { values } = parseArgs({
  options: { seed: { type: 'string' }, minutes: { type: 'string', default: '30' }, only: { type: 'string' } },
})
const seed = values.seed ?? String(Math.floor(Math.random() * 1_000_000))
const minutes = Number(values.minutes)
if (!(minutes >= 0)) fail(`--minutes: found ${values.minutes}, expected a number.`)

const folder = join(root, 'e2e', 'faults')
const all = JSON.parse(readFileSync(join(folder, 'faults.json'), 'utf8'))
const wanted = values.only?.split(',') ?? all.map(({ spec }) => spec)
const unknown = wanted.filter((spec) => !all.some((fault) => fault.spec === spec))
if (unknown.length > 0)
  fail(`--only: found ${unknown.join(', ')}, expected of ${all.map(({ spec }) => spec).join(', ')}.`)
const faults = all
  .filter(({ spec }) => wanted.includes(spec))
  .map((fault) => ({ ...fault, rounds: 0, passed: 0, failed: [], found: [] }))

prepare()
const out = join(root, '.cache', 'test')
mkdirSync(out, { recursive: true })
const parts = { PF_NATS_SERVER: findNatsServer(), PF_WEED: findWeed(), PF_CHROMIUM: findChromium(false) }
if (!parts.PF_NATS_SERVER.path) fail(`Missing: ${parts.PF_NATS_SERVER.missing}`)
const env = Object.fromEntries(Object.entries(parts).flatMap(([name, { path }]) => (path ? [[name, path]] : [])))

function run(fault, roundSeed) {
  const report = join(out, `fault-${fault.spec}.json`)
  rmSync(report, { force: true })
  const jest = [
    ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(root, 'node_modules/jest/bin/jest.js')],
    ['--selectProjects', 'e2e', '--runInBand', '--json', `--outputFile=${report}`, '--silent'],
    [join(folder, `${fault.spec}.spec.ts`)],
  ]
  spawnSync(node, jest.flat(), {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, ...env, PF_FAULT_SEED: roundSeed, PF_FAULT_LONG: 'true' },
    timeout: 30 * 60_000,
  })
  if (!existsSync(report)) return 'the run ended without a report'
  const { success, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  if (success) return undefined
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  const [first] = failed
  const why = first ? `${first.title}: ${first.failureMessages[0] ?? ''}` : (testResults[0]?.message ?? 'no test ran')
  return plain(why)
}

/** One line without colours and without the stack. */
const plain = (text) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of a terminal.
    .replaceAll(/\u001b\[\d+m/g, '')
    .split('\n    at ')[0]
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300)

const until = Date.now() + minutes * 60_000
process.stdout.write(`Faults with --seed ${seed} for ${minutes} minutes\n`)
for (let round = 1; round === 1 || Date.now() < until; round++) {
  for (const fault of faults) {
    if (round > 1 && Date.now() >= until) break
    if (!existsSync(join(folder, `${fault.spec}.spec.ts`))) continue
    const roundSeed = `${seed}.${round}`
    const startedAt = Date.now()
    const found = run(fault, roundSeed)
    fault.rounds++
    if (found === undefined) fault.passed++
    else {
      fault.failed.push(roundSeed)
      fault.found.push(found)
    }
    const seconds = Math.round((Date.now() - startedAt) / 1000)
    process.stdout.write(
      `${roundSeed} ${fault.spec} (${seconds} s): ${found === undefined ? 'passed' : `FAILED ${found}`}\n`,
    )
  }
}

const lines = [['fault', 'spec', 'rounds', 'passed', 'failed seeds', 'found']].concat(
  faults.map(({ fault, spec, rounds, passed, failed, found }) => [
    String(fault),
    spec,
    rounds === 0 ? 'not here' : String(rounds),
    String(passed),
    failed.join(' '),
    [...new Set(found)].join(' | '),
  ]),
)
const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
const table = lines.map((line) =>
  line
    .map((cell, column) => cell.padEnd(widths[column]))
    .join('  ')
    .trimEnd(),
)
process.stdout.write(`\n${table.join('\n')}\n`)
const failed = faults.filter((fault) => fault.failed.length > 0)
for (const { spec, failed: seeds } of failed) {
  process.stdout.write(`Again: PF_FAULT_LONG=true PF_FAULT_SEED=${seeds[0]} npm run e2e -- faults/${spec}\n`)
}
process.exit(failed.length === 0 ? 0 : 1)
