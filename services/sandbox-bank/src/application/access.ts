import {
  accessExpired,
  accountNotFound,
  accountSuspended,
  bankRateLimited,
  invalidAccountId,
  notOperational,
  noValidAgreement,
  scopeNotAgreed,
} from '../domain/account-errors.ts'
import { type Agreement, DEFAULT_DAYS, expiredError, type Scope } from '../domain/agreement.ts'
import type { BankAccount } from '../domain/payment.ts'
import { DAILY_LIMIT, quotaHeaders, secondsToReset, stillCounting } from '../domain/quota.ts'
import { accessOverAt, awaitsConfirmation } from '../domain/reconfirmation.ts'
import type { Requisition } from '../domain/requisition.ts'
import { type AccountStatus, accountStatus, countsAsFailure, SUSPENDED_AT } from '../domain/suspension.ts'
import { isUuid, RecordError, rateLimited, WireError } from '../domain/wire-error.ts'
import type { Agreements } from './agreements.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { Banks } from './banks.ts'
import { issuedTo, requisitionKey } from './consents.ts'
import type { CurrentWorld } from './current-world.ts'
import { type IssuedAccount, issuedKey } from './issued-account.ts'
import type { Store } from './ports.ts'

export type Admitted = {
  issued: IssuedAccount
  account: BankAccount
  agreement: Agreement
  /** Instants (ms) of the successes of this scope that still count. */
  successes: number[]
}

type AccessParts = { store: Store; clock: BankClock; world: CurrentWorld; banks: Banks; agreements: Agreements }

/** Whether an account's data may be read: consent, suspension, bank, preparation, scope and limits, in this order. */
export class Access {
  readonly #parts: AccessParts

  constructor(parts: AccessParts) {
    this.#parts = parts
  }

  /** @throws WireError with the documented body of what stands in the way (gocardless.md §2.5). */
  admit(id: string, scope: Scope): Admitted {
    const { store, world, agreements, banks } = this.#parts
    if (!isUuid(id)) throw invalidAccountId(id)
    const issued = this.issued(id)
    const account = issued && world.account(issued.key)
    if (!issued || !account) throw accountNotFound(id)
    const requisition = store.get<Requisition>(requisitionKey(issued.requisition))
    const agreement = agreements.find(issued.agreement)
    if (!requisition || !agreement) throw noValidAgreement()
    this.#checkConsent(issued, requisition, agreement)
    if (!banks.behaviour(issued.institution).operational) throw notOperational(issued.institution, scope)
    if (this.#isProcessing(issued)) throw new RecordError(409, this.record(id, 'PROCESSING'))
    if (!agreement.access_scope.includes(scope)) throw scopeNotAgreed(scope)
    if (awaitsConfirmation(agreement, issuedTo(store, requisition), issued, this.#now())) throw accessExpired(scope)
    return { issued, account, agreement, successes: this.#checkLimits(issued, scope) }
  }

  /** "Recalculated from the error count of the latest requests". */
  statusOf(issued: IssuedAccount): AccountStatus {
    const { store, agreements } = this.#parts
    const requisition = store.get<Requisition>(requisitionKey(issued.requisition))
    const agreement = agreements.find(issued.agreement)
    const overAt = requisition && agreement && accessOverAt(agreement, issuedTo(store, requisition))
    return accountStatus({
      suspended: isSuspended(issued, requisition),
      accessOver: overAt != null && this.#now() > overAt,
      processing: this.#isProcessing(issued),
      failures: issued.failures ?? 0,
    })
  }

  issued(id: string): IssuedAccount | undefined {
    return this.#parts.store.get<IssuedAccount>(issuedKey(id))
  }

  /** The agreement that an account is read under, as far as errors speak of it. */
  agreementOf(id: string): Pick<Agreement, 'id' | 'access_valid_for_days'> {
    const agreement = this.#parts.agreements.find(this.issued(id)?.agreement ?? '')
    return agreement ?? { id: '', access_valid_for_days: DEFAULT_DAYS }
  }

  /** The record that stands in place of an error while an account is not ready (AccountStateError). */
  record(id: string, status: string): Record<string, unknown> {
    const issued = this.issued(id)
    const account = issued && this.#parts.world.account(issued.key)
    return {
      id,
      created: issued?.created ?? wireInstant(this.#now()),
      last_accessed: issued?.lastAccessed ?? null,
      iban: account?.iban ?? '',
      aspsp_identifier: issued?.institution ?? '',
      status,
    }
  }

  isSuspended(id: string): boolean {
    const issued = this.issued(id)
    return (
      issued !== undefined &&
      isSuspended(issued, this.#parts.store.get<Requisition>(requisitionKey(issued.requisition)))
    )
  }

  /** A failure of the bank's side was answered: ten in a row suspend the account and its requisition (§3.3). */
  failed(id: string, type: unknown): void {
    const issued = this.issued(id)
    if (!issued || !countsAsFailure(type)) return
    const { store } = this.#parts
    const failures = (issued.failures ?? 0) + 1
    const requisition = store.get<Requisition>(requisitionKey(issued.requisition))
    const suspends = failures >= SUSPENDED_AT && !issued.suspended
    store.commit({
      [issuedKey(id)]: { ...issued, failures, ...(suspends && { suspended: true }) },
      ...(suspends &&
        requisition?.status === 'LN' && { [requisitionKey(requisition.id)]: { ...requisition, status: 'SU' } }),
    })
  }

  /** The account triple as it stands, for answers that spend nothing; none for a stranger's id. */
  quotaHeaders(id: string, scope: Scope): Record<string, string> {
    const issued = this.issued(id)
    return issued ? quotaHeaders(stillCounting(issued.successes[scope], this.#now()), this.#now()) : {}
  }

  #checkConsent(issued: IssuedAccount, requisition: Requisition, agreement: Agreement): void {
    if (isSuspended(issued, requisition)) throw accountSuspended()
    const overAt = accessOverAt(agreement, issuedTo(this.#parts.store, requisition))
    if (overAt !== null && this.#now() > overAt) {
      throw expiredError(agreement, wireInstant(overAt).replace('T', ' ').replace('Z', '+00:00'))
    }
  }

  #checkLimits(issued: IssuedAccount, scope: Scope): number[] {
    const now = this.#now()
    const successes = stillCounting(issued.successes[scope], now)
    if (successes.length >= DAILY_LIMIT) {
      const { status, body } = rateLimited(`${DAILY_LIMIT}/day`, secondsToReset(successes, now))
      throw new WireError(status, body, quotaHeaders(successes, now))
    }
    const { dailyCalls } = this.#parts.banks.behaviour(issued.institution)
    if (dailyCalls !== null && successes.length >= dailyCalls) throw bankRateLimited(scope)
    return successes
  }

  #isProcessing({ readyAt = 0 }: IssuedAccount): boolean {
    return this.#now() < readyAt
  }

  #now(): number {
    return this.#parts.clock.now()
  }
}

/** "This account or its requisition was suspended". */
function isSuspended(issued: IssuedAccount, requisition: Requisition | undefined): boolean {
  return issued.suspended === true || requisition?.status === 'SU'
}
