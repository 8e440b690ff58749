import type { BankClock } from './bank-clock.ts'
import type { CurrentWorld, WorldSettings } from './current-world.ts'
import type { Store } from './ports.ts'

/** Begins a new world in one commit: consents, account ids, payloads, faults and the clock of the old one are gone. */
export function resetBank(
  parts: { store: Store; clock: BankClock; world: CurrentWorld },
  settings: WorldSettings,
  instantMs: number | null,
): void {
  const gone = parts.store.keys().filter((key) => key !== 'token-key')
  const changes: Record<string, unknown> = Object.fromEntries(gone.map((key) => [key, null]))
  parts.store.commit({ ...changes, clock: parts.clock.offsetTo(instantMs), world: settings })
  parts.world.forget()
}
