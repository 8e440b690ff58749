import { createHash } from 'node:crypto'
import type { BankClock } from '../../application/bank-clock.ts'
import type { CurrentWorld } from '../../application/current-world.ts'
import type { Ids, Store } from '../../application/ports.ts'
import type { BankAccount } from '../../domain/payment.ts'
import { uuidOf } from '../../domain/random.ts'
import { isWorldAspsp } from '../domain/aspsps.ts'
import {
  type Authorization,
  checkCode,
  isOpen,
  type ReturnError,
  readAuthorizationRequest,
  returnOf,
} from '../domain/authorization.ts'
import { Refused } from '../domain/refused.ts'
import { type Session, sessionStatus } from '../domain/session.ts'
import { authorizationKey, codeKey, type SessionAccount, sessionAccountKey, sessionKey } from './session-account.ts'

/** What the user says at the bank. */
export type Decision = 'grant' | { error: ReturnError; description: string }

export const DENIED: Decision = { error: 'access_denied', description: 'Denied data sharing consent' }

/** Authorizations and sessions: who may read what, until when. Every change is remembered before it is answered. */
export class Consent {
  readonly #store: Store
  readonly #clock: BankClock
  readonly #ids: Ids
  readonly #world: CurrentWorld
  readonly #publicUrl: () => string
  readonly #redirectUrls: readonly string[]

  constructor(parts: {
    store: Store
    clock: BankClock
    ids: Ids
    world: CurrentWorld
    publicUrl: () => string
    redirectUrls: readonly string[]
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#ids = parts.ids
    this.#world = parts.world
    this.#publicUrl = parts.publicUrl
    this.#redirectUrls = parts.redirectUrls
  }

  /** `POST /auth`. @throws Refused */
  request(application: string, body: Record<string, unknown>): Record<string, unknown> {
    const nowMs = this.#clock.now()
    const { psuId, ...asked } = readAuthorizationRequest(body, { nowMs, redirectUrls: this.#redirectUrls })
    const id = this.#ids.uuid()
    const authorization: Authorization = {
      id,
      application,
      ...asked,
      psuIdHash: sha256(`${application}/${psuId ?? ''}`).toString('hex'),
      createdAt: nowMs,
      status: 'PENDING_AUTHORIZATION',
      code: null,
      codeIssuedAt: null,
    }
    this.#store.commit({ [authorizationKey(id)]: authorization })
    const url = `${this.#publicUrl()}/enable-banking/ais/start/${id}`
    return { url, authorization_id: id, psu_id_hash: authorization.psuIdHash }
  }

  /** Undefined for an id that is of no authorization. */
  authorization(id: string): Authorization | undefined {
    return this.#store.get<Authorization>(authorizationKey(id))
  }

  accountsAt(aspsp: Authorization['aspsp']): BankAccount[] {
    return isWorldAspsp(aspsp) ? this.#world.accounts() : []
  }

  /** The user decides once; answers where the browser goes. A link that was used before gives no second code. */
  decide(authorization: Authorization, decision: Decision): string {
    if (!isOpen(authorization)) {
      const description = 'This authorization has already been completed'
      return returnOf({ ...authorization, code: null }, { error: 'access_denied', description })
    }
    const key = authorizationKey(authorization.id)
    if (decision !== 'grant') {
      this.#store.commit({ [key]: { ...authorization, status: 'CANCELLED' } })
      return returnOf(authorization, decision)
    }
    const code = this.#ids.uuid()
    const returned: Authorization = {
      ...authorization,
      status: 'RETURNED_FROM_BANK',
      code,
      codeIssuedAt: this.#clock.now(),
    }
    this.#store.commit({ [key]: returned, [codeKey(code)]: authorization.id })
    return returnOf(returned)
  }

  /** `POST /sessions`: a code for a session, once. @throws Refused */
  openSession(application: string, code: unknown): Session {
    const id = typeof code === 'string' ? this.#store.get<string>(codeKey(code)) : undefined
    const authorization = id === undefined ? undefined : this.authorization(id)
    if (authorization?.application !== application) throw new Refused('WRONG_AUTHORIZATION_CODE')
    const now = this.#clock.now()
    checkCode(authorization, now)
    const accounts = this.accountsAt(authorization.aspsp)
    if (accounts.length === 0) throw new Refused('NO_ACCOUNTS_ADDED')
    const sessionId = this.#ids.uuid()
    const changes: Record<string, unknown> = {}
    const uids = accounts.map(({ key }) => {
      const links = this.#store.get<number>(linksKey(key)) ?? 0
      const uid = uuidOf(`${this.#world.settings().spec.seed}/enable-banking/${key}/${links}`)
      const unattended = { balances: [], details: [], transactions: [] }
      changes[sessionAccountKey(uid)] = { uid, key, session: sessionId, unattended } satisfies SessionAccount
      changes[linksKey(key)] = links + 1
      return uid
    })
    const { aspsp, psuType, psuIdHash, access, createdAt } = authorization
    const session: Session = {
      ...{ id: sessionId, application, aspsp, psuType, psuIdHash, access, createdAt },
      ...{ authorizedAt: now, closedAt: null, accounts: uids },
    }
    changes[sessionKey(sessionId)] = session
    changes[authorizationKey(authorization.id)] = { ...authorization, status: 'AUTHORIZED' } satisfies Authorization
    this.#store.commit(changes)
    return session
  }

  /** @throws Refused SESSION_DOES_NOT_EXIST, for another application's as well. */
  session(application: string, id: string): Session {
    const session = this.#store.get<Session>(sessionKey(id))
    if (session?.application !== application) throw new Refused('SESSION_DOES_NOT_EXIST')
    return session
  }

  /** `GET /sessions/{id}`. @throws Refused */
  describe(application: string, id: string): Record<string, unknown> {
    const session = this.session(application, id)
    const instant = (ms: number) => new Date(ms).toISOString()
    return {
      status: sessionStatus(session, this.#clock.now()),
      accounts: session.accounts,
      accounts_data: session.accounts.map((uid) => {
        const hash = this.hashOf(uid)
        return { uid, identification_hash: hash, identification_hashes: [hash] }
      }),
      aspsp: session.aspsp,
      psu_type: session.psuType,
      psu_id_hash: session.psuIdHash,
      access: session.access,
      created: instant(session.createdAt),
      authorized: instant(session.authorizedAt),
      closed: session.closedAt === null ? null : instant(session.closedAt),
    }
  }

  /** `DELETE /sessions/{id}`. @throws Refused, for one that was closed before as well. */
  close(application: string, id: string): void {
    const session = this.session(application, id)
    if (session.closedAt !== null) throw new Refused('CLOSED_SESSION')
    this.#store.commit({ [sessionKey(id)]: { ...session, closedAt: this.#clock.now() } satisfies Session })
  }

  /** The stable key of an account: the same in every session. */
  hashOf(uid: string): string {
    const account = this.#store.get<SessionAccount>(sessionAccountKey(uid))
    return sha256(`${this.#world.settings().spec.seed}/${account?.key ?? uid}`).toString('base64')
  }

  /** Accounts of sessions that were not closed, for the control API. */
  living(): { account: SessionAccount; session: Session }[] {
    return this.#store.list<Session>('eb-session/').flatMap((session) =>
      session.closedAt !== null
        ? []
        : session.accounts.flatMap((uid) => {
            const account = this.#store.get<SessionAccount>(sessionAccountKey(uid))
            return account === undefined ? [] : [{ account, session }]
          }),
    )
  }
}

const linksKey = (accountKey: string) => `eb-links/${accountKey}`
const sha256 = (text: string) => createHash('sha256').update(text).digest()
