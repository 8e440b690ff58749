import { createHash } from 'node:crypto'

/** Decides the moments and the victims of every fault. `PF_FAULT_SEED=…` repeats a run. */
export const seed = process.env['PF_FAULT_SEED'] ?? '1'
/** Faults last as long as event-sourcing.md has them (`npm run test:faults`), or just long enough to strike (`npm test`). */
export const isLong = process.env['PF_FAULT_LONG'] === 'true'

/** Chance that a seed decides: the same text, the same decisions, on every machine. */
export type Chance = {
  /** 0 ≤ x < 1. */
  fraction(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  one<T>(of: readonly T[]): T
  shuffled<T>(of: readonly T[]): T[]
}

/** All of them at full length; otherwise the first, which the seed has drawn. */
export const orOnlyFirst = <T>(drawn: readonly T[]): T[] => (isLong ? [...drawn] : drawn.slice(0, 1))

/** The chance of one fault: a spec draws from its own, so that specs do not disturb each other's decisions. */
export function chanceOf(fault: string): Chance {
  process.stdout.write(`fault ${fault}: PF_FAULT_SEED=${seed}\n`)
  return createChance(`${seed} ${fault}`)
}

export function createChance(text: string): Chance {
  let drawn = 0
  const fraction = () => createHash('sha256').update(`${text} ${drawn++}`).digest().readUIntBE(0, 6) / 2 ** 48
  const between = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1))
  return {
    fraction,
    between,
    one(of) {
      const chosen = of[between(0, of.length - 1)]
      if (chosen === undefined) throw new Error('Chance can choose one of several things, not one of none.')
      return chosen
    },
    shuffled(of) {
      const drawn = of.map((thing) => ({ thing, lot: fraction() }))
      return drawn.sort((a, b) => a.lot - b.lot).map(({ thing }) => thing)
    },
  }
}
