import { accountProof, openSpaces, type Spaces } from '@pf/analytics/testing'
import type { Rest } from '@pf/contracts'
import { rngOf } from '@pf/sandbox-bank/world'
import { accounts, balances, decisions, lakeFile, observations } from '@pf/storage/testing'
import { type AccountLake, householdLake } from './household-lake.ts'
import { type Injury, injuries } from './injuries.ts'

/** `PF_PROOF_SEEDS` names another hundred. */
const family = process.env['PF_PROOF_SEEDS'] ?? 'proof'
const seeds = Array.from({ length: 100 }, (_, n) => `${family}-${n}`)
/** Households that share a space: the proof of one account is asked of the marts of all. */
const perSpace = 10
const bounds = { maxRows: 1_000, maxGapsExplained: 5 }

/**
 * Is the proof of balances right? A hundred households of the sandbox bank, each 45 nights of fetches through the real
 * normaliser and identity rules, as lake files in real marts: once as they are, and once each with a row lost, taken twice
 * or changed. Counts are printed: they are what docs/proof.md says.
 */
describe('the proof of balances', () => {
  const households = seeds.map((seed, place) => householdLake(seed, place))
  let spaces: Spaces

  beforeAll(async () => {
    spaces = await openSpaces({ maxOpenMarts: 1 })
  }, 60_000)
  afterAll(() => spaces.remove())

  /** Spaces of these households, each asked when it is there. */
  async function inSpaces<T>(
    name: string,
    all: readonly (readonly AccountLake[])[],
    ask: (space: string, from: number) => Promise<T>,
  ) {
    const answers: T[] = []
    for (let from = 0; from < all.length; from += perSpace) {
      const space = `${name}-${from}`
      const lakes = all.slice(from, from + perSpace).flat()
      await spaces.load(space, [
        lakeFile(
          accounts,
          lakes.map(({ account }) => account),
        ),
        lakeFile(
          observations,
          lakes.flatMap(({ observations }) => observations),
        ),
        lakeFile(
          decisions,
          lakes.flatMap(({ decisions }) => decisions),
        ),
        lakeFile(
          balances,
          lakes.flatMap(({ balances }) => balances),
        ),
      ])
      answers.push(await ask(space, from))
    }
    return answers
  }

  it('raises no false alarm in a hundred households, and verifies 95 of 100 days between balances', async () => {
    const counts = await inSpaces('clean', households, async (space) => {
      const rows = await spaces.registry.read(space, async (ask) => [await ask(intervalsSql), await ask(daysSql)])
      return numbers({ ...rows![0]![0], ...rows![1]![0] })
    })
    const total = (name: string) => counts.reduce((sum, count) => sum + count[name]!, 0)
    const [intervals, gaps, late, days, verified] = ['intervals', 'gaps', 'late', 'days', 'verified'].map(total)
    report(`clean: ${intervals} intervals, ${gaps} gaps, ${late} booked late; ${verified} of ${days} days verified`)
    expect(gaps).toBe(0)
    expect(late).toBeGreaterThan(100)
    expect(days).toBeGreaterThan(100 * 3 * 40)
    expect(verified! / days!).toBeGreaterThanOrEqual(0.95)
  }, 240_000)

  it.each(['missing', 'doubled', 'changed'] as const)(
    'finds a row that is %s in each of a hundred households, and suspects the right one in 90',
    async (kind) => {
      const done = households.map((lakes, n) => injuries[kind](lakes, rngOf(`${seeds[n]}/${kind}`)))
      const lakes = done.map(({ lakes }) => lakes)
      const asked = await inSpaces(kind, lakes, (space, from) =>
        diagnoses(
          space,
          done.slice(from, from + perSpace).map(({ injury }) => injury),
        ),
      )
      const all = asked.flat()
      const [found, named] = [all.filter(({ found }) => found).length, all.filter(({ named }) => named).length]
      report(`${kind}: interval found in ${found} of ${all.length}, right suspect first in ${named}`)
      expect(found).toBe(100)
      expect(named).toBeGreaterThanOrEqual(90)
    },
    240_000,
  )

  async function diagnoses(space: string, all: readonly Injury[]) {
    const said: { found: boolean; named: boolean }[] = []
    for (const injury of all) {
      const { items } = await accountProof(spaces.registry, space, { accountId: injury.accountId }, bounds)
      const gap = items.find(({ status, to }) => status === 'gap' && to === injury.toAt)
      said.push({ found: gap !== undefined, named: isNamed(gap?.suspects[0], injury) })
    }
    return said
  }
})

function isNamed(suspect: Rest.ProofSuspect | undefined, injury: Injury): boolean {
  const ids = (some: readonly string[]) => [...some].sort().join()
  return (
    suspect?.kind === injury.kind &&
    Math.round(Number(suspect.amount.amount) * 100) === Number(injury.amountMinor) &&
    ids(suspect.transaction_ids) === ids(injury.transactionIds)
  )
}

const intervalsSql = `
  select
    count(*) as intervals,
    count(*) filter (where status = 'gap') as gaps,
    count(*) filter (where reason = 'booked_late') as late
  from mart.main.fct_balance_proof`

/** Days with a stated balance on both sides. */
const daysSql = `
  select count(*) as days, count(*) filter (where days.status = 'verified') as verified
  from mart.main.fct_proof_days as days
  join (
    select account_id, min(to_date) as first_date, max(to_date) as last_date
    from mart.main.int_balance_intervals
    group by account_id
  ) as stated using (account_id)
  where days.date > stated.first_date and days.date <= stated.last_date`

const numbers = (row: Record<string, unknown>): Record<string, number> =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))

const report = (line: string): void => void process.stdout.write(`${line}\n`)
