import { type Agreement, accessEnd, expiredError, hasExpired, type Scope } from '../domain/agreement.ts'
import { type Day, dayOfText, textOfDay } from '../domain/days.ts'
import { decimalOf } from '../domain/money.ts'
import { type AccountView, type BankAccount, descriptionOf, type Payment } from '../domain/payment.ts'
import { doubtfulRows, shownDay } from '../domain/quirks.ts'
import { DAILY_LIMIT, quotaHeaders, secondsToReset, stillCounting } from '../domain/quota.ts'
import { uuidOf } from '../domain/random.ts'
import type { Requisition } from '../domain/requisition.ts'
import { fieldsError, isUuid, notFound, rateLimited, refusal, WireError } from '../domain/wire-error.ts'
import { type BankClock, wireInstant } from './bank-clock.ts'
import { agreementKey, requisitionKey } from './consents.ts'
import type { CurrentWorld } from './current-world.ts'
import { type IssuedAccount, issuedKey } from './issued-account.ts'
import type { Store } from './ports.ts'

export type DataAnswer = { body: Buffer; headers: Record<string, string> }

/** Bodies that a test wants served as they are; a text is sent byte for byte. */
export type PayloadOverride = Partial<Record<Scope, unknown>>

type Access = { issued: IssuedAccount; account: BankAccount; agreement: Agreement }

/** What the wire says of accounts: consent, scope and daily limit are checked in this order before anything is told. */
export class AccountData {
  readonly #store: Store
  readonly #clock: BankClock
  readonly #world: CurrentWorld
  readonly #otherKeyOf: (id: string) => string | undefined

  /** `otherKeyOf`: the account behind an id that another protocol gave out. */
  constructor(parts: {
    store: Store
    clock: BankClock
    world: CurrentWorld
    otherKeyOf?: (id: string) => string | undefined
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#world = parts.world
    this.#otherKeyOf = parts.otherKeyOf ?? (() => undefined)
  }

  /** Metadata is free: neither counted nor refused when the consent has ended. @throws WireError 404 */
  metadata(id: string): Record<string, unknown> {
    const issued = this.#store.get<IssuedAccount>(issuedKey(id))
    const account = issued && this.#world.account(issued.key)
    if (!issued || !account) throw notFound()
    const agreement = this.#store.get<Agreement>(agreementKey(issued.agreement))
    return {
      id: issued.id,
      created: issued.created,
      last_accessed: issued.lastAccessed,
      iban: account.iban ?? '',
      bban: account.bban ?? '',
      status: agreement && hasExpired(agreement, this.#clock.now()) ? 'EXPIRED' : 'READY',
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
    return this.#answer(id, 'transactions', ({ account, agreement }) => {
      const today = this.#clock.today()
      const { from, to } = readWindow(query, today)
      const oldest = today - agreement.max_historical_days
      const rows = this.#world.transactionsJson(account, today, Math.max(from ?? oldest, oldest), to ?? today)
      const tail = `,"last_updated":"${new Date(this.#clock.now()).toISOString()}"}`
      return Buffer.concat([Buffer.from('{"transactions":'), rows, Buffer.from(tail)])
    })
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

  /** Each real payment once, whatever the wire shows; booked rows from `from` on where one is given. */
  truth(id: string, from: Day | null): Record<string, unknown> {
    const account = this.#world.account(this.keyOf(id))
    if (!account) throw notFound()
    const today = this.#clock.today()
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
      this.known(id) ??
      this.#otherKeyOf(id) ??
      this.#world.accounts().find((account) => this.#world.nextAccountId(account.key) === id)?.key
    if (key === undefined) throw notFound()
    return key
  }

  /** The account behind an id that was given out; undefined for a stranger's. */
  known(id: string): string | undefined {
    return this.#store.get<IssuedAccount>(issuedKey(id))?.key
  }

  #answer(id: string, scope: Scope, write: (access: Access) => Buffer): DataAnswer {
    const access = this.#admit(id, scope)
    const now = this.#clock.now()
    const { issued } = access
    const successes = stillCounting(issued.successes[scope], now)
    if (successes.length >= DAILY_LIMIT) {
      const { status, body } = rateLimited(`${DAILY_LIMIT}/day`, secondsToReset(successes, now))
      throw new WireError(status, body, quotaHeaders(successes, now))
    }
    const override = this.#store.get<PayloadOverride>(payloadKey(issued.key))?.[scope]
    const body =
      override === undefined ? write(access) : typeof override === 'string' ? Buffer.from(override) : json(override)
    const counted = [...successes, now]
    const used = { ...issued, lastAccessed: wireInstant(now), successes: { ...issued.successes, [scope]: counted } }
    this.#store.commit({ [issuedKey(id)]: used })
    return { body, headers: quotaHeaders(counted, now) }
  }

  #admit(id: string, scope: Scope): Access {
    if (!isUuid(id)) throw refusal(400, 'Invalid Account ID', `${id} is not a valid Account UUID. `)
    const issued = this.#store.get<IssuedAccount>(issuedKey(id))
    const account = issued && this.#world.account(issued.key)
    if (!issued || !account) {
      throw refusal(404, `Account ID ${id} not found`, 'Please check whether you specified a valid Account ID')
    }
    const requisition = this.#store.get<Requisition>(requisitionKey(issued.requisition))
    const agreement = this.#store.get<Agreement>(agreementKey(issued.agreement))
    if (!requisition || !agreement) {
      const detail = 'Account exists but there is no valid End User Agreement permitting you to access it'
      throw refusal(403, 'No valid End User Agreement', detail)
    }
    const end = accessEnd(agreement)
    if (end !== null && hasExpired(agreement, this.#clock.now())) {
      throw expiredError(agreement, wireInstant(end).replace('T', ' ').replace('Z', '+00:00'))
    }
    if (!agreement.access_scope.includes(scope)) {
      const detail = `EUA doesn't allow access to account ${scope}. Check EUA access scope. Or create new EUA with correct access scope`
      throw refusal(403, 'End User Agreement (EUA) access scope error', detail)
    }
    return { issued, account, agreement }
  }
}

const payloadKey = (accountKey: string) => `payload/${accountKey}`

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function readWindow(query: { date_from?: string; date_to?: string }, today: Day): { from: Day | null; to: Day | null } {
  const from = readDay('date_from', query.date_from)
  const to = readDay('date_to', query.date_to)
  const ahead = Object.entries({ date_from: from, date_to: to }).filter(([, day]) => day !== null && day > today)
  if (ahead.length > 0) {
    const complaint = (day: Day) => ({
      summary: "Date can't be in future",
      detail: `'${textOfDay(day)}' can't be greater than ${textOfDay(today)}. Specify correct date range`,
    })
    throw new WireError(400, Object.fromEntries(ahead.map(([field, day]) => [field, complaint(day ?? today)])))
  }
  if (from !== null && to !== null && from > to) {
    const detail =
      `Starting date '${textOfDay(from)}' is greater than end date '${textOfDay(to)}'. ` +
      'When specifying date range, starting date must precede the end date'
    throw refusal(400, 'Incorrect date range', detail)
  }
  return { from, to }
}

function readDay(field: string, text: string | undefined): Day | null {
  if (text === undefined || text === '') return null
  const day = dayOfText(text)
  if (day !== null) return day
  throw fieldsError({ [field]: ['Date has wrong format. Use one of these formats instead: YYYY-MM-DD.'] })
}

function detailsOf(account: BankAccount): Record<string, unknown> {
  return {
    resourceId: uuidOf(`resource/${account.key}`),
    ...(account.iban !== null && { iban: account.iban }),
    ...(account.bban !== null && { bban: account.bban, scan: account.bban }),
    ...(account.maskedPan !== null && { maskedPan: account.maskedPan }),
    currency: account.currency,
    ownerName: account.ownerName,
    name: account.name,
    product: account.product,
    cashAccountType: account.kind,
    status: 'enabled',
    usage: 'PRIV',
  }
}

function balancesOf(account: BankAccount, view: AccountView, today: Day): Record<string, unknown>[] {
  const balance = (balanceType: string, minor: number, creditLimitIncluded: boolean) => ({
    balanceAmount: { amount: decimalOf(minor), currency: account.currency },
    balanceType,
    creditLimitIncluded,
    referenceDate: textOfDay(today),
  })
  return [
    balance('interimBooked', view.bookedMinor, false),
    balance('interimAvailable', view.availableMinor, account.creditLimitMinor !== null),
  ]
}
