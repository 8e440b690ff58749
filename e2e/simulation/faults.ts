import { type Rng, rngOf } from '@pf/sandbox-bank/world'

/** Where a fault can strike: each is counted per day and process, and the n-th one is struck. */
export const places = ['append', 'load', 'ack', 'put', 'get', 'commit', 'call', 'turn'] as const
export type Place = (typeof places)[number]

/**
 * `lost`: it never arrives. `unheard`: it happens, and nobody hears of it. `late`: it is given up and happens afterwards.
 * `slow`: the answer comes after the deadline. `crash`: the process dies here and comes back after `ms`, its memory gone.
 * `pause`: it is stopped for `ms`, and what it held passes on meanwhile. `usurped`: another replica takes over its read model.
 */
const kindsAt = {
  append: ['lost', 'unheard', 'late'],
  load: ['lost'],
  ack: ['lost'],
  put: ['lost', 'unheard'],
  get: ['lost'],
  commit: ['lost', 'unheard', 'usurped'],
  call: ['lost', 'unheard', 'slow'],
  turn: ['crash', 'crash', 'pause'],
} as const satisfies Record<Place, readonly string[]>
export type FaultKind = (typeof kindsAt)[Place][number]

/** On day `day` (from 1) the `nth` thing of its kind that process `of` does is struck. */
export type Fault = { day: number; of: string; at: Place; nth: number; kind: FaultKind; ms: number }

/** Roughly how many of each there are in a quiet day of a process: faults strike where something happens. */
const busyness: Record<Place, number> = {
  append: 10,
  load: 24,
  ack: 12,
  put: 8,
  get: 6,
  commit: 10,
  call: 4,
  turn: 120,
}

/** The faults of a seed. A day has none, a few, or is one of the bad ones. */
export function planFaults(seed: string, days: number, processes: readonly string[]): Fault[] {
  return Array.from({ length: days }, (_, n) => faultsOfDay(rngOf(`${seed}/faults/${n + 1}`), n + 1, processes)).flat()
}

function faultsOfDay(rng: Rng, day: number, processes: readonly string[]): Fault[] {
  const count = rng.chance(0.35) ? 0 : rng.chance(0.15) ? rng.int(6, 14) : rng.int(1, 3)
  return Array.from({ length: count }, () => {
    const at = rng.chance(0.35) ? 'turn' : rng.pick(places)
    return {
      day,
      of: rng.pick(processes),
      at,
      nth: rng.int(1, busyness[at]),
      kind: rng.pick<FaultKind>(kindsAt[at]),
      ms: rng.chance(0.7) ? rng.int(50, 90_000) : rng.int(90_000, 3 * 3_600_000),
    }
  })
}

export const faultText = ({ day, of, at, nth, kind, ms }: Fault): string =>
  `day ${day}: ${of}, ${at} ${nth}: ${kind}${at === 'turn' ? ` for ${ms} ms` : ''}`

/** Counts what processes do, and says of each thing whether a fault was planned for it. */
export class Strikes {
  readonly #byDay = new Map<number, Fault[]>()
  #today = new Map<string, Map<number, Fault>>()
  readonly #counts = new Map<string, number>()
  /** Faults that have struck. */
  struck = 0

  constructor(faults: readonly Fault[]) {
    for (const fault of faults) this.#byDay.set(fault.day, [...(this.#byDay.get(fault.day) ?? []), fault])
  }

  begin(day: number): void {
    this.#counts.clear()
    this.#today = new Map()
    for (const fault of this.#byDay.get(day) ?? []) {
      const name = `${fault.of}/${fault.at}`
      this.#today.set(name, (this.#today.get(name) ?? new Map()).set(fault.nth, fault))
    }
  }

  at(place: Place, process: string): Fault | undefined {
    if (this.#today.size === 0) return undefined
    const name = `${process}/${place}`
    const planned = this.#today.get(name)
    if (planned === undefined) return undefined
    const nth = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, nth)
    const fault = planned.get(nth)
    if (fault !== undefined) this.struck++
    return fault
  }
}
