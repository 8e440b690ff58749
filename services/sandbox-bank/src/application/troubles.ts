import { FAULT_KINDS, type FaultAnswer, isFaultKind, type Struck } from '../domain/documented-faults.ts'
import type { Fault } from '../domain/fault.ts'
import type { Trouble } from '../domain/weather.ts'
import type { Access } from './access.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { FaultOrders } from './fault-orders.ts'
import type { WeatherReport } from './weather-report.ts'

/** A call on the wire; `accountId` and `scope` (`metadata` too) where it is about an account. */
export type WireCall = { method: string; path: string; accountId?: string; scope?: string }

/** The other protocol: whose account a handle is, and how it words a bank's trouble. */
type OtherProtocol = {
  path: string
  keyOf(handle: string): string | undefined
  worded(trouble: Trouble): Partial<FaultAnswer> | undefined
}

type TroubleParts = {
  faults: FaultOrders
  weather: WeatherReport
  access: Access
  clock: BankClock
  /** Undefined where nobody speaks it. */
  other?: OtherProtocol
}

/** What goes wrong with a call before anybody looks at it: an ordered fault, else the weather. */
export class Troubles {
  readonly #parts: TroubleParts

  constructor(parts: TroubleParts) {
    this.#parts = parts
  }

  of(call: WireCall): FaultAnswer | null {
    const { faults } = this.#parts
    const fault = faults.take(call.method, call.path, (kind) => !this.#isOutOfReach(kind, call))
    if (fault) return this.#ordered(fault, call)
    return this.#weathered(call)
  }

  /** Each protocol has its own weather: the calls of one do not change what the other meets. */
  #weathered(call: WireCall): FaultAnswer | null {
    const { weather, access, other } = this.#parts
    const { accountId, scope, path } = call
    if (accountId === undefined || scope === undefined || scope === 'metadata') return null
    const protocol = other !== undefined && path.startsWith(`${other.path}/`) ? other : undefined
    const key = protocol ? `${protocol.path}/${protocol.keyOf(accountId) ?? accountId}` : access.issued(accountId)?.key
    const trouble = weather.strike(key ?? accountId, scope)
    if (!trouble) return null
    const { kind, ...different } = trouble
    return { ...FAULT_KINDS[kind](this.#struck(call)), ...different, ...protocol?.worded(trouble) }
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
