import { FAULT_KINDS, type FaultAnswer, isFaultKind, type Struck } from '../domain/documented-faults.ts'
import type { Fault } from '../domain/fault.ts'
import type { Access } from './access.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { FaultOrders } from './fault-orders.ts'
import type { WeatherReport } from './weather-report.ts'

/** A call on the wire; `accountId` and `scope` (`metadata` too) where it is about an account. */
export type WireCall = { method: string; path: string; accountId?: string; scope?: string }

type TroubleParts = { faults: FaultOrders; weather: WeatherReport; access: Access; clock: BankClock }

/** What goes wrong with a call before anybody looks at it: an ordered fault, else the weather. */
export class Troubles {
  readonly #parts: TroubleParts

  constructor(parts: TroubleParts) {
    this.#parts = parts
  }

  of(call: WireCall): FaultAnswer | null {
    const { faults, weather, access } = this.#parts
    const fault = faults.take(call.method, call.path, (kind) => !this.#isOutOfReach(kind, call))
    if (fault) return this.#ordered(fault, call)
    const { accountId, scope } = call
    // The weather speaks in the words of this one protocol.
    if (!call.path.startsWith('/api/v2/')) return null
    if (accountId === undefined || scope === undefined || scope === 'metadata') return null
    const trouble = weather.strike(access.issued(accountId)?.key ?? accountId, scope)
    if (!trouble) return null
    const { kind, ...different } = trouble
    return { ...FAULT_KINDS[kind](this.#struck(call)), ...different }
  }

  /** A bank is not asked for an account that was suspended, so it can not fail. */
  #isOutOfReach(kind: string | undefined, { accountId }: WireCall): boolean {
    return kind !== undefined && accountId !== undefined && this.#parts.access.isSuspended(accountId)
  }

  /** What an order says beside its kind goes before. */
  #ordered({ kind, status, body, headers, delayMs, drop }: Fault, call: WireCall): FaultAnswer {
    if (kind === undefined || !isFaultKind(kind)) return { status, body, headers, delayMs, drop, cut: false }
    const documented = FAULT_KINDS[kind](this.#struck(call))
    return {
      ...documented,
      ...(delayMs > 0 && { delayMs }),
      headers: { ...documented.headers, ...headers },
    }
  }

  #struck({ accountId = '', scope }: WireCall): Struck {
    const { access, clock } = this.#parts
    return {
      accountId,
      scope: scope === 'metadata' ? null : (scope ?? null),
      agreement: access.agreementOf(accountId),
      record: (status) => access.record(accountId, status),
      now: wireInstant(clock.now()).replace('T', ' ').replace('Z', '+00:00'),
    }
  }
}
