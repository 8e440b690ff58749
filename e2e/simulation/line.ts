import type { Rng } from '@pf/sandbox-bank/world'
import type { Strikes } from './faults.ts'
import type { Owner, VirtualTime } from './virtual-time.ts'

/** What travels between a process and what stands outside of it: every turn is a point at which it may die. */
export type Line = {
  readonly time: VirtualTime
  readonly strikes: Strikes
  latencyMs(): number
  /** Resolves after the way there; never where the process dies on it. */
  turn(owner: Owner): Promise<void>
}

export type Mortal = {
  crash(owner: Owner, ms: number): void
  pause(owner: Owner, ms: number): void
}

/** Most ways are short, some are not: what was said first need not come first. */
export function openLine(time: VirtualTime, strikes: Strikes, rng: Rng, mortal: Mortal): Line {
  const latencyMs = () => {
    const drawn = rng.next()
    return drawn < 0.9 ? drawn * 2 : drawn < 0.99 ? drawn * 60 : drawn * 900
  }
  return {
    time,
    strikes,
    latencyMs,
    turn(owner) {
      const fault = strikes.at('turn', owner.name)
      if (fault?.kind === 'crash') mortal.crash(owner, fault.ms)
      else if (fault?.kind === 'pause') mortal.pause(owner, fault.ms)
      return time.wait(latencyMs(), owner)
    },
  }
}
