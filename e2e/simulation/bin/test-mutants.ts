/**
 * `npm run test:mutants`: plants each defect in turn and simulates until a seed fails, or runs the test that is said to catch
 * it. Prints who caught what, where and after how long; exits 1 where a defect survives. `--only 'fence off,hash check off'`
 * tries those alone.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { passes } from '../mutants/catching-test.ts'
import { type CatchingTest, type Mutant, mutants } from '../mutants/mutants.ts'
import { planted } from '../mutants/planted.ts'

const mostSeeds = 200
const dayCount = 15

type Found = { caughtBy: string | undefined; where: string }
type Tried = Found & { name: string; seconds: number }

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const only = values.only?.split(',')
const chosen = mutants.filter(({ name }) => only?.includes(name) ?? true)
if (chosen.length !== (only ?? mutants).length) throw new Error(`--only ${values.only}: not all of these are mutants.`)
// All texts are looked for before anything runs: one that is out of date is no survivor, it is no mutant.
for (const mutant of mutants) planted(mutant)

const simulate = fileURLToPath(new URL('simulate.ts', import.meta.url))
const plant = new URL('../mutants/plant.ts', import.meta.url).href

function attempt(mutant: Mutant): Tried {
  const began = performance.now()
  const { caughtBy } = mutant
  const found = caughtBy === undefined ? bySeeds(mutant) : byTest(mutant, caughtBy)
  return { ...found, name: mutant.name, seconds: Math.round((performance.now() - began) / 1000) }
}

/** A test that fails without the defect, too, has caught nothing. */
function byTest({ name }: Mutant, caught: CatchingTest): Found {
  const { spec, test } = caught
  if (!passes(caught)) throw new Error(`"${test}" of ${spec} fails by itself: mend that before anything is planted.`)
  return passes(caught, name)
    ? { caughtBy: undefined, where: `survived "${test}" of ${spec}` }
    : { caughtBy: test, where: spec }
}

function bySeeds({ name, days = dayCount }: Mutant): Found {
  const flags = ['--conditions=@pf/source', '--disable-warning=ExperimentalWarning', `--import=${plant}`]
  const run = ['--seeds', `1..${mostSeeds}`, '--days', String(days), '--whole', '--first']
  const env = { ...process.env, PF_MUTANT: name }
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, simulate, ...run], { env, encoding: 'utf8' })
  const failed = /^seed (\S+) FAILED on day (\d+): (.+)$/m.exec(stdout)
  if (failed !== null) return { caughtBy: failed[3], where: `seed ${failed[1]}, day ${failed[2]}` }
  // Neither a failed seed nor the summary of those that passed: the tool itself is broken.
  if (!/ 0 failed\./.test(stdout)) throw new Error(`Mutant "${name}" could not be tried: ${stderr.slice(-2000)}`)
  return { caughtBy: undefined, where: `survived ${mostSeeds} seeds` }
}

const width = Math.max(...chosen.map(({ name }) => name.length))
let survivors = 0
for (const mutant of chosen) {
  const { name, caughtBy, where, seconds } = attempt(mutant)
  if (caughtBy === undefined) survivors++
  process.stdout.write(`${name.padEnd(width)}  ${caughtBy ?? 'NOT CAUGHT'} (${where}, ${seconds} s)\n`)
}
process.stdout.write(`${chosen.length} defects, ${survivors} not caught\n`)
process.exitCode = survivors === 0 ? 0 : 1
