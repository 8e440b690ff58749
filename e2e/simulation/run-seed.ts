import { type Fault, faultText, planFaults } from './faults.ts'
import { openRest } from './rest.ts'
import { shrink } from './shrink.ts'
import { calmDays, type Failure, failureOf, type Outcome, processesOf, simulate } from './simulation.ts'
import { takeOver } from './take-over.ts'

export type SeedReport = {
  seed: string
  days: number
  digest: string
  failure: Failure | undefined
  /** Of the shortest failing run. */
  faults: string[]
  kept: number[] | undefined
  struck: number
  messages: number
  compared: number
  lived: number
  cpuSeconds: number
}

export type SeedOptions = {
  days: number
  /** Positions in the seed's plan; all unless given. */
  kept: readonly number[] | undefined
  verbose: boolean
  /** Cuts a failing run down. */
  shrinks: boolean
}

const rest = await openRest()
/** Real marts take a second to build: each so manieth seed has them. */
const martsEvery = 50

/** One seed, and what is left of it where it fails. */
export async function runSeed(seed: string, { days, kept, verbose, shrinks }: SeedOptions): Promise<SeedReport> {
  const began = process.cpuUsage()
  const plan = planFaults(seed, days, processesOf(seed))
  const faults = kept === undefined ? plan : kept.flatMap((n) => plan[n] ?? [])
  const onTrouble = (atMs: number, name: string, facts: Record<string, unknown>) =>
    void process.stderr.write(`${isoOf(atMs)} ${name} ${JSON.stringify(facts)}\n`)
  const outcome = await lived(seed, days, faults, verbose ? onTrouble : undefined)
  const { user, system } = process.cpuUsage(began)
  const report = reportOf(outcome, (user + system) / 1e6)
  if (outcome.failure === undefined || !shrinks) return { ...report, kept: kept && [...kept] }
  const shrunk = await shrink(outcome, (fewerDays, fewer) => lived(seed, fewerDays, fewer, undefined))
  const told = reportOf(shrunk.outcome, report.cpuSeconds)
  // Positions of what is left, in the whole plan of the seed.
  const left = shrunk.kept.map((n) => (kept === undefined ? n : (kept[n] ?? n)))
  return { ...told, kept: left.length === planFaults(seed, shrunk.days, processesOf(seed)).length ? undefined : left }
}

/** The seed, and what real marts make of the lake that it leaves. */
async function lived(...run: Parameters<typeof alone>): Promise<Outcome> {
  const outcome = await alone(...run)
  const { seed, days, lake, failure } = outcome
  if (failure !== undefined || Number(seed) % martsEvery !== 0) return outcome
  const { expectMarts } = await import('./marts-oracle.ts')
  try {
    await expectMarts(lake)
    return outcome
  } catch (error) {
    return { ...outcome, failure: { day: days + calmDays, ...failureOf(error) } }
  }
}

/** With nothing but the seed to decide. What reached for more has failed, whatever else came of it. */
async function alone(
  seed: string,
  days: number,
  faults: readonly Fault[],
  onTrouble: Parameters<typeof simulate>[0]['onTrouble'],
): Promise<Outcome> {
  const taken = takeOver()
  const unheard: unknown[] = []
  const note = (error: unknown) => void unheard.push(error)
  process.on('unhandledRejection', note)
  try {
    const outcome = await simulate({ seed, days, faults, ...(onTrouble && { onTrouble }) }, rest)
    const broken = (oracle: string, found: string) => ({ day: outcome.failure?.day ?? days, oracle, found })
    if (taken.reached.length > 0) {
      return { ...outcome, failure: broken('no clock and no chance but the seed’s', taken.reached.join('; ')) }
    }
    if (unheard.length === 0 || outcome.failure !== undefined) return outcome
    const [first] = unheard
    return {
      ...outcome,
      failure: broken('no rejection unheard', first instanceof Error ? `${first.stack}` : String(first)),
    }
  } finally {
    process.off('unhandledRejection', note)
    taken.giveBack()
  }
}

const isoOf = (atMs: number) => new Date(atMs).toISOString()

function reportOf(outcome: Outcome, cpuSeconds: number): SeedReport {
  const { seed, days, digest, failure, faults, struck, messages, compared } = outcome
  const lived = failure?.day ?? days + calmDays
  return {
    seed,
    days,
    digest,
    failure,
    faults: faults.map(faultText),
    kept: undefined,
    struck,
    messages,
    compared,
    lived,
    cpuSeconds,
  }
}

export function repeatCommand({ seed, days, kept }: SeedReport): string {
  const faults = kept === undefined ? '' : ` --faults ${kept.length === 0 ? 'none' : kept.join(',')}`
  return `npm run simulate -- --seed ${seed} --days ${days}${faults}`
}
