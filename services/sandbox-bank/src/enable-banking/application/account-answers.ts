import { createHmac, timingSafeEqual } from 'node:crypto'
import type { BankClock } from '../../application/bank-clock.ts'
import { type CurrentWorld, evict } from '../../application/current-world.ts'
import type { Store } from '../../application/ports.ts'
import type { Scope } from '../../domain/agreement.ts'
import type { Day } from '../../domain/days.ts'
import type { BankAccount, WireRow } from '../../domain/payment.ts'
import { DAILY_LIMIT, stillCounting } from '../../domain/quota.ts'
import { isUuid } from '../../domain/wire-error.ts'
import { accountResource, balancesOf } from '../domain/account.ts'
import { aspspOf } from '../domain/aspsps.ts'
import { pageOf } from '../domain/pages.ts'
import { Refused } from '../domain/refused.ts'
import { checkAlive, type Session } from '../domain/session.ts'
import { type Transaction, transactionOf } from '../domain/transaction.ts'
import { difference, readTransactionQuery, type TransactionQuery, windowOf } from '../domain/transaction-query.ts'
import type { Consent } from './consent.ts'
import { type SessionAccount, sessionAccountKey } from './session-account.ts'

/** One call of an account's data. `psu`: names of the Psu- headers that came with it, in small letters. */
export type DataCall = { application: string; uid: string; psu: readonly string[] }

/** Bodies that a test wants served as they are; a text is sent byte for byte. */
export type PayloadOverride = Partial<Record<Scope, unknown>>

type Admitted = { account: SessionAccount; bank: BankAccount; session: Session }
/** What a continuation key holds: the first call, as of which day, and the page to come. */
type Place = { uid: string; today: Day; query: TransactionQuery; page: number }

/** Rows of transactions kept ready between the pages of a call, as texts of this many characters at most. */
const MOST_CACHED_CHARACTERS = 64 * 1024 * 1024

/** What the wire says of accounts: session, parameters, headers of the user and daily limit are checked in this order. */
export class AccountAnswers {
  readonly #store: Store
  readonly #clock: BankClock
  readonly #world: CurrentWorld
  readonly #consent: Consent
  readonly #keySecret: string
  readonly #rows = new Map<string, string[]>()

  constructor(parts: { store: Store; clock: BankClock; world: CurrentWorld; consent: Consent; keySecret: string }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#world = parts.world
    this.#consent = parts.consent
    this.#keySecret = parts.keySecret
  }

  details(call: DataCall): Buffer {
    return this.#answer(call, 'details', ({ bank }) => json(this.resource(bank, call.uid)))
  }

  balances(call: DataCall): Buffer {
    return this.#answer(call, 'balances', ({ bank }) => {
      const today = this.#clock.today()
      return json({ balances: balancesOf(bank, this.#world.view(bank, today), today) })
    })
  }

  /** A further page belongs to its first call: it is not counted. */
  transactions(call: DataCall, said: Readonly<Record<string, unknown>>): Buffer {
    const admitted = this.#admit(call)
    const query = readTransactionQuery(said)
    const key = said['continuation_key']
    if (key !== undefined) return this.#page(admitted, this.#placeOf(key, call.uid, query))
    const first = { uid: call.uid, today: this.#clock.today(), query, page: 0 }
    windowOf(query, first.today)
    return this.#answer(call, 'transactions', () => this.#page(admitted, first))
  }

  /** One transaction by its handle. */
  transaction(call: DataCall, handle: string): Buffer {
    return this.#answer(call, 'transactions', ({ bank }) => {
      const today = this.#clock.today()
      const query = readTransactionQuery({ strategy: 'longest' })
      const rows = this.#transactions(bank, today, query).map((text) => JSON.parse(text) as Transaction)
      const found = rows.find(({ transaction_id }) => transaction_id === handle)
      if (found === undefined) throw new Refused('TRANSACTION_DOES_NOT_EXIST')
      return json(found)
    })
  }

  resource(bank: BankAccount, uid: string): Record<string, unknown> {
    return accountResource(bank, uid, this.#consent.hashOf(uid))
  }

  /** The account in the world behind a handle of any session; undefined for a stranger's. */
  keyOf(uid: string): string | undefined {
    return this.#store.get<SessionAccount>(sessionAccountKey(uid))?.key
  }

  override(uid: string, payload: PayloadOverride): void {
    const key = payloadKey(this.keyOf(uid) ?? '')
    const left = Object.entries({ ...this.#store.get<PayloadOverride>(key), ...payload }).filter(
      ([, value]) => value !== null,
    )
    this.#store.commit({ [key]: left.length > 0 ? Object.fromEntries(left) : null })
  }

  #answer(call: DataCall, scope: Scope, write: (admitted: Admitted) => Buffer): Buffer {
    const admitted = this.#admit(call)
    const { account } = admitted
    const now = this.#clock.now()
    const counting = stillCounting(account.unattended[scope], now)
    const isAttended = call.psu.length > 0
    if (!isAttended && counting.length >= DAILY_LIMIT) throw new Refused('ASPSP_RATE_LIMIT_EXCEEDED')
    const override = this.#store.get<PayloadOverride>(payloadKey(account.key))?.[scope]
    const body =
      override === undefined ? write(admitted) : typeof override === 'string' ? Buffer.from(override) : json(override)
    if (!isAttended) {
      const unattended = { ...account.unattended, [scope]: [...counting, now] }
      this.#store.commit({ [sessionAccountKey(account.uid)]: { ...account, unattended } satisfies SessionAccount })
    }
    return body
  }

  #admit({ application, uid, psu }: DataCall): Admitted {
    if (!isUuid(uid)) throw new Refused('INVALID_ACCOUNT_ID')
    const account = this.#store.get<SessionAccount>(sessionAccountKey(uid))
    const bank = account && this.#world.account(account.key)
    if (account === undefined || bank === undefined) throw new Refused('ACCOUNT_DOES_NOT_EXIST')
    const session = this.#consent.session(application, account.session)
    checkAlive(session, this.#clock.now())
    const required = aspspOf(session.aspsp)?.required_psu_headers ?? []
    const missing = required.filter((name) => !psu.includes(name.toLowerCase()))
    if (psu.length > 0 && missing.length > 0) {
      throw new Refused('PSU_HEADER_NOT_PROVIDED', { detail: `Missing: ${missing.join(', ')}` })
    }
    return { account, bank, session }
  }

  #page({ bank }: Admitted, place: Place): Buffer {
    const rows = this.#transactions(bank, place.today, place.query)
    const page = pageOf(rows.length, place.page)
    if (page === null) throw new Refused('WRONG_CONTINUATION_KEY')
    const next = page.isLast ? 'null' : `"${this.#keyOf({ ...place, page: place.page + 1 })}"`
    return Buffer.from(`{"transactions":[${rows.slice(page.from, page.to).join(',')}],"continuation_key":${next}}`)
  }

  /** Pending ones first, then booked ones, newest first, each as its JSON. */
  #transactions(bank: BankAccount, today: Day, query: TransactionQuery): string[] {
    const name = JSON.stringify([this.#world.settings(), bank.key, today, query])
    const cached = this.#rows.get(name)
    this.#rows.delete(name)
    const rows = cached ?? this.#writeTransactions(bank, today, query)
    this.#rows.set(name, rows)
    evict(this.#rows, MOST_CACHED_CHARACTERS, (texts) => texts.reduce((sum, text) => sum + text.length, 0))
    return rows
  }

  #writeTransactions(bank: BankAccount, today: Day, query: TransactionQuery): string[] {
    const { from, to } = windowOf(query, today)
    const { booked, pending } = this.#world.rows(bank, today, from, to)
    const wanted = query.transaction_status
    return [
      ...(wanted === null || wanted === 'PDNG' ? pending.map((row) => transactionOf(row as WireRow, 'PDNG')) : []),
      ...(wanted === null || wanted === 'BOOK' ? booked.map((row) => transactionOf(row as WireRow, 'BOOK')) : []),
    ].map((row) => JSON.stringify(row))
  }

  /** Signed, as it is good for its own handle and parameters alone; a handle lives in its session only. */
  #keyOf(place: Place): string {
    const text = Buffer.from(JSON.stringify(place)).toString('base64url')
    return `${text}.${this.#sign(text).toString('base64url')}`
  }

  /** @throws Refused where the key is none of ours, or comes with other parameters than its first page. */
  #placeOf(key: unknown, uid: string, query: TransactionQuery): Place {
    const [text = '', signature = ''] = String(key).split('.')
    const [given, expected] = [Buffer.from(signature, 'base64url'), this.#sign(text)]
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new Refused('WRONG_CONTINUATION_KEY')
    }
    const place = JSON.parse(Buffer.from(text, 'base64url').toString()) as Place
    if (place.uid !== uid) throw new Refused('WRONG_CONTINUATION_KEY')
    const other = difference(query, place.query)
    if (other === null) return place
    const message =
      `${other} in request is not the same as in continuationKey. ` +
      'Continuation key is only valid for the same getAccountTransactions parameters'
    throw new Refused('WRONG_REQUEST_PARAMETERS', { message, detail: { message } })
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#keySecret).update(`continuation-key/${text}`).digest()
  }
}

const payloadKey = (accountKey: string) => `eb-payload/${accountKey}`
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
