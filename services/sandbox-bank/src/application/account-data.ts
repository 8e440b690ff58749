import { balancesOf, detailsOf } from '../domain/account-bodies.ts'
import { type Agreement, DEFAULT_DAYS, type Scope } from '../domain/agreement.ts'
import { type Day, londonDay, textOfDay } from '../domain/days.ts'
import { SEPARATE_HISTORY } from '../domain/institutions.ts'
import { decimalOf } from '../domain/money.ts'
import { type BankAccount, descriptionOf, type Payment } from '../domain/payment.ts'
import { doubtfulRows, shownDay } from '../domain/quirks.ts'
import { quotaHeaders } from '../domain/quota.ts'
import type { Requisition } from '../domain/requisition.ts'
import { readWindow } from '../domain/window.ts'
import { notFound } from '../domain/wire-error.ts'
import type { Access, Admitted } from './access.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import type { Banks } from './banks.ts'
import { requisitionKey } from './consents.ts'
import type { CurrentWorld } from './current-world.ts'
import { type IssuedAccount, issuedKey } from './issued-account.ts'
import type { Store } from './ports.ts'

export type DataAnswer = { body: Buffer; headers: Record<string, string> }

/** Bodies that a test wants served as they are; a text is sent byte for byte. */
export type PayloadOverride = Partial<Record<Scope, unknown>>

type TruthRow = { date: string; amount: string; currency: string; description: string }
export type Truth = {
  booked: TruthRow[]
  pending: TruthRow[]
  balances: Record<string, unknown>[]
  as_of: string
  /** What has to wait for a person, and nothing else. */
  doubtful?: { date: string | null; reason: string }[]
}

/** What the wire says of accounts: consent, scope and daily limit are checked in this order before anything is told. */
export class AccountData {
  readonly #store: Store
  readonly #clock: BankClock
  readonly #world: CurrentWorld
  readonly #banks: Banks
  readonly #access: Access
  readonly #otherKeyOf: (id: string) => string | undefined

  /** `otherKeyOf`: the account behind an id that another protocol gave out. */
  constructor(parts: {
    store: Store
    clock: BankClock
    world: CurrentWorld
    banks: Banks
    access: Access
    otherKeyOf: (id: string) => string | undefined
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#world = parts.world
    this.#banks = parts.banks
    this.#access = parts.access
    this.#otherKeyOf = parts.otherKeyOf
  }

  /** Metadata is free: neither counted nor refused when the consent has ended. @throws WireError 404 */
  metadata(id: string): Record<string, unknown> {
    const issued = this.#store.get<IssuedAccount>(issuedKey(id))
    const account = issued && this.#world.account(issued.key)
    if (!issued || !account) throw notFound()
    return {
      id: issued.id,
      created: issued.created,
      last_accessed: issued.lastAccessed,
      iban: account.iban ?? '',
      bban: account.bban ?? '',
      status: this.#access.statusOf(issued),
      institution_id: account.institutionId,
      owner_name: account.ownerName,
      name: account.name,
    }
  }

  details(id: string): DataAnswer {
    return this.#answer(id, 'details', ({ account }) => json({ account: detailsOf(account) }))
  }

  balances(id: string): DataAnswer {
    return this.#answer(id, 'balances', ({ account }) => {
      const today = this.#clock.today()
      return json({ balances: balancesOf(account, this.#world.view(account, today), today) })
    })
  }

  transactions(id: string, query: { date_from?: string; date_to?: string }): DataAnswer {
    return this.#answer(id, 'transactions', ({ issued, account, agreement }, now) => {
      const { from, to } = readWindow(query, this.#clock.today())
      const shownAt = this.#shownAt(issued, agreement, now)
      const today = londonDay(shownAt)
      const oldest = today - agreement.max_historical_days
      const { ignoresDateFrom } = this.#banks.behaviour(issued.institution)
      const first = ignoresDateFrom ? oldest : Math.max(from ?? oldest, oldest)
      const pending = this.#banks.has(issued.institution, 'pending_transactions')
      const rows = this.#world.transactionsJson(account, today, first, Math.min(to ?? today, today), pending)
      const tail = `,"last_updated":"${new Date(shownAt).toISOString()}"}`
      return Buffer.concat([Buffer.from('{"transactions":'), rows, Buffer.from(tail)])
    })
  }

  /** Where more than 90 days are handed out once only, it is the first answer for ever (gocardless.md §3.4). */
  #shownAt(issued: IssuedAccount, agreement: Agreement, now: number): number {
    const once = agreement.max_historical_days > DEFAULT_DAYS && this.#banks.has(issued.institution, SEPARATE_HISTORY)
    return (once ? issued.historyAt : undefined) ?? now
  }

  override(id: string, payload: PayloadOverride): void {
    const key = this.keyOf(id)
    const kept = { ...this.#store.get<PayloadOverride>(payloadKey(key)), ...payload }
    const left = Object.entries(kept).filter(([, value]) => value !== null)
    this.#store.commit({ [payloadKey(key)]: left.length > 0 ? Object.fromEntries(left) : null })
  }

  /** Each account under its living ids; under the last or next one where no consent is alive. */
  listed(): Record<string, unknown>[] {
    const issued = this.#store.list<IssuedAccount>('issued/')
    return this.#world.accounts().flatMap((account) => {
      const { key, iban, currency, name } = account
      const ids = issued.filter((candidate) => candidate.key === key)
      const alive = ids.filter(({ requisition }) => this.#store.get<Requisition>(requisitionKey(requisition)))
      if (alive.length > 0) {
        return alive.map(({ id, requisition }) => ({ id, iban, currency, name, requisition_id: requisition }))
      }
      return [{ id: ids.at(-1)?.id ?? this.#world.nextAccountId(key), iban, currency, name }]
    })
  }

  /** Each real payment once, whatever the wire shows; booked rows from `from` on where one is given. `today`: or of another day. */
  truth(id: string, from: Day | null, today = this.#clock.today()): Truth {
    const account = this.#world.account(this.keyOf(id))
    if (!account) throw notFound()
    const view = this.#world.view(account, today)
    const { quirks } = this.#world.settings()
    const money = (minor: number) => ({ amount: decimalOf(minor), currency: account.currency })
    const row = (day: Day, payment: Payment) => ({
      date: textOfDay(day),
      ...money(payment.amountMinor),
      description: descriptionOf(payment),
    })
    return {
      booked: view.booked
        .map((payment) => ({ day: shownDay(payment, account, today, quirks), payment }))
        .filter(({ day }) => from === null || day >= from)
        .map(({ day, payment }) => row(day, payment)),
      pending: view.pending.map((payment) => row(payment.pendingFrom ?? payment.valueDay, payment)),
      balances: balancesOf(account, view, today),
      as_of: textOfDay(today),
      ...(quirks && { doubtful: doubtfulRows(account, today, quirks).map(({ date, reason }) => ({ date, reason })) }),
    }
  }

  /** The account behind any id that was ever given out in this world, by whichever protocol, or will be next. @throws WireError 404 */
  keyOf(id: string): string {
    const key =
      this.#access.issued(id)?.key ??
      this.#otherKeyOf(id) ??
      this.#world.accounts().find((account) => this.#world.nextAccountId(account.key) === id)?.key
    if (key === undefined) throw notFound()
    return key
  }

  /** The account behind an id that was given out; undefined for a stranger's. */
  accountOf(id: string): BankAccount | undefined {
    const issued = this.#store.get<IssuedAccount>(issuedKey(id))
    return issued && this.#world.account(issued.key)
  }

  #answer(id: string, scope: Scope, write: (admitted: Admitted, now: number) => Buffer): DataAnswer {
    const admitted = this.#access.admit(id, scope)
    const now = this.#clock.now()
    const { issued, successes } = admitted
    const override = this.#store.get<PayloadOverride>(payloadKey(issued.key))?.[scope]
    const body =
      override === undefined
        ? write(admitted, now)
        : typeof override === 'string'
          ? Buffer.from(override)
          : json(override)
    const counted = [...successes, now]
    const used: IssuedAccount = {
      ...issued,
      lastAccessed: wireInstant(now),
      successes: { ...issued.successes, [scope]: counted },
      ...(issued.failures && { failures: 0 }),
      ...(scope === 'transactions' && { historyAt: issued.historyAt ?? now }),
    }
    this.#store.commit({ [issuedKey(id)]: used })
    return { body, headers: quotaHeaders(counted, now) }
  }
}

const payloadKey = (accountKey: string) => `payload/${accountKey}`

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
