/** The wall clock, of the shape that @pf/eventing has. */
export interface WallClock {
  now(): Date
}

export interface BankClock {
  now(): Date
  /** Learns from the `Date` of an answer that has just come. */
  learn(headers: Headers): void
}

/** `Date` has whole seconds: a smaller difference is rounding, and the clock would tremble. */
const NOISE_MS = 1_500

/** The provider's clock: the wall clock, moved by what `Date` says where that is believed (only the sandbox's is). */
export function bankClock(wall: WallClock, believeDate: boolean): BankClock {
  let offsetMs = 0
  return {
    now: () => new Date(wall.now().getTime() + offsetMs),
    learn(headers) {
      const told = believeDate ? Date.parse(headers.get('date') ?? '') : Number.NaN
      if (Number.isNaN(told)) return
      const found = told - wall.now().getTime()
      if (Math.abs(found - offsetMs) > NOISE_MS) offsetMs = Math.abs(found) > NOISE_MS ? found : 0
    },
  }
}
