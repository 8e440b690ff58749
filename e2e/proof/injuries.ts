import type { Rng } from '@pf/sandbox-bank/world'
import type { DecisionRow } from '@pf/storage/testing'
import type { AccountLake } from './household-lake.ts'

/** What was done to a lake, and what a proof has to say of it. `toAt`: the moment of the balance that ends the interval. */
export type Injury = {
  accountId: string
  toAt: string
  kind: 'missing' | 'doubled' | 'changed'
  amountMinor: bigint
  transactionIds: readonly string[]
}

export const injuries = { missing: withoutRow, doubled: withRowTwice, changed: withRowChanged }

type Known = { decision: DecisionRow; knownAt: string; toAt: string }

/** A booked row that became known between two stated balances, as it stands in the end. */
function someRow(lakes: readonly AccountLake[], rng: Rng): { lake: AccountLake; row: Known } {
  const all = lakes.flatMap((lake) => knownRows(lake).map((row) => ({ lake, row })))
  return rng.pick(all)
}

function knownRows({ decisions, observations, balances, bookedOn }: AccountLake): Known[] {
  const byId = new Map(observations.map((row) => [row.observation_id, row]))
  const rows = new Map<string, Known>()
  for (const decision of decisions) {
    const observation = byId.get(decision.observation_id)
    const booked = bookedOn.get(observation?.iid ?? '')
    if (decision.status !== 'booked' || observation === undefined || booked === undefined) continue
    const knownAt = rows.get(decision.transaction_id)?.knownAt ?? observation.observed_at
    // The first balance that holds it; where there is none before, it has no interval.
    const index = balances.findIndex(({ reference_date }) => (reference_date ?? '') >= booked)
    if (index > 0) rows.set(decision.transaction_id, { decision, knownAt, toAt: balances[index]!.fetched_at })
  }
  return [...rows.values()]
}

/** The row was lost, with all that was ever known of it. */
function withoutRow(lakes: readonly AccountLake[], rng: Rng): { lakes: AccountLake[]; injury: Injury } {
  const { lake, row } = someRow(lakes, rng)
  const { transaction_id, amount_minor } = row.decision
  const lost = new Set(
    lake.decisions.flatMap((decision) => (decision.transaction_id === transaction_id ? decision.observation_id : [])),
  )
  const injured = {
    ...lake,
    decisions: lake.decisions.filter((decision) => decision.transaction_id !== transaction_id),
    observations: lake.observations.filter(({ observation_id }) => !lost.has(observation_id)),
  }
  return result(lakes, injured, { toAt: row.toAt, kind: 'missing', amountMinor: amount_minor, transactionIds: [] })
}

/** The row was taken for two: in one answer, or again in the next, as if a bank had given it another id. */
function withRowTwice(lakes: readonly AccountLake[], rng: Rng): { lakes: AccountLake[]; injury: Injury } {
  const { lake, row } = someRow(lakes, rng)
  const { decision } = row
  const known = lake.balances.findIndex(({ fetched_at }) => fetched_at >= row.knownAt)
  const later = lake.balances[known + 1]
  const again = rng.chance(0.5) && later !== undefined
  const observation = lake.observations.find(({ observation_id }) => observation_id === decision.observation_id)!
  const [transaction_id, observation_id] = [twin(decision.transaction_id), twin(decision.observation_id)]
  const observed_at = again ? later.fetched_at : row.knownAt
  const kind = 'new'
  const copy: DecisionRow = {
    ...decision,
    kind,
    transaction_id,
    observation_id,
    prev_date: null,
    decision_seq: 1_000_000n,
    missing_upstream: false,
  }
  const injured = {
    ...lake,
    decisions: [...lake.decisions, copy],
    observations: [...lake.observations, { ...observation, observation_id, observed_at }],
  }
  const toAt = again ? later.fetched_at : row.toAt
  const transactionIds = [decision.transaction_id, transaction_id]
  return result(lakes, injured, { toAt, kind: 'doubled', amountMinor: decision.amount_minor, transactionIds })
}

/** The row's amount is not the bank's: a figure misread, or changed after it was told. */
function withRowChanged(lakes: readonly AccountLake[], rng: Rng): { lakes: AccountLake[]; injury: Injury } {
  const { lake, row } = someRow(lakes, rng)
  const { transaction_id, amount_minor } = row.decision
  const amountMinor = mistaken(amount_minor, rng)
  const changed = new Set(
    lake.decisions.flatMap((decision) =>
      decision.transaction_id === transaction_id && decision.status === 'booked' ? decision.observation_id : [],
    ),
  )
  const injured = {
    ...lake,
    decisions: lake.decisions.map((decision) =>
      changed.has(decision.observation_id) ? { ...decision, amount_minor: amountMinor } : decision,
    ),
    observations: lake.observations.map((observation) =>
      changed.has(observation.observation_id)
        ? { ...observation, amount_minor: amountMinor, amount: amountMinor * 100n }
        : observation,
    ),
  }
  return result(lakes, injured, {
    toAt: row.toAt,
    kind: 'changed',
    amountMinor: amount_minor - amountMinor,
    transactionIds: [transaction_id],
  })
}

/** Another amount than this one: its sign, its point, two digits, one digit, or a little more or less. */
function mistaken(minor: bigint, rng: Rng): bigint {
  const digits = (minor < 0n ? -minor : minor).toString().split('')
  const signed = (text: string) => BigInt(text) * (minor < 0n ? -1n : 1n)
  const at = rng.int(0, digits.length - 1)
  const swapped = [...digits]
  const next = Math.min(at + 1, digits.length - 1)
  swapped[at] = digits[next]!
  swapped[next] = digits[at]!
  const mistyped = digits.with(at, String((Number(digits[at]) + rng.int(1, 9)) % 10))
  const share = rng.int(1, 20) * (rng.chance(0.5) ? 1 : -1)
  const ways = [
    -minor,
    minor * (rng.chance(0.5) ? 10n : 100n),
    signed(swapped.join('')),
    signed(mistyped.join('')),
    minor + (minor * BigInt(share)) / 100n,
  ].filter((way) => way !== minor && way !== 0n)
  return rng.pick(ways)
}

/** Another id than this one, the same each time; ids of one answer differ in their last digits. */
const twin = (id: string): string => `${((Number.parseInt(id.slice(0, 1), 16) + 8) % 16).toString(16)}${id.slice(1)}`

function result(lakes: readonly AccountLake[], injured: AccountLake, injury: Omit<Injury, 'accountId'>) {
  const { accountId } = injured
  return {
    lakes: lakes.map((lake) => (lake.accountId === accountId ? injured : lake)),
    injury: { ...injury, accountId },
  }
}
