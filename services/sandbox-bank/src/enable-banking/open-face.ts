import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { BankClock } from '../application/bank-clock.ts'
import type { CurrentWorld } from '../application/current-world.ts'
import type { Ids, Store } from '../application/ports.ts'
import type { Trouble } from '../domain/weather.ts'
import { openApplications } from './adapters/registered-applications.ts'
import { AccountAnswers, type PayloadOverride } from './application/account-answers.ts'
import { Consent, DENIED } from './application/consent.ts'
import { type Worded, worded } from './domain/bad-weather.ts'
import { consentRoutes } from './http/consent-routes.ts'
import { PREFIX, wireRoutes } from './http/routes.ts'

/** What the rest of the bank asks of this protocol. */
export type EnableBankingFace = {
  serve(app: FastifyInstance): void
  /** The account in the world behind one of its handles; undefined for an id that is none. */
  keyOf(uid: string): string | undefined
  /** How a bank's trouble reads in this protocol; undefined for what has no words in any. */
  worded(trouble: Trouble): Worded | undefined
  override(uid: string, payload: PayloadOverride): void
  /** Accounts of its living sessions, for the control API. */
  listed(): Record<string, unknown>[]
  /** Decides an authorization without a browser; undefined for an id that is of none. */
  decide(authorizationId: string, decision: 'grant' | 'deny'): string | undefined
}

/** Enable Banking's protocol over the same world, clock and memory (gocardless.md §11). @throws where a key can not be read. */
export async function openEnableBankingFace(parts: {
  store: Store
  clock: BankClock
  ids: Ids
  world: CurrentWorld
  publicUrl: () => string
  /** Of the demo application; where the consent page may send a browser. */
  redirectUrls: readonly string[]
  dataDir: string
  /** Signs continuation keys. */
  keySecret: string
}): Promise<EnableBankingFace> {
  const { clock, world, redirectUrls } = parts
  const applications = await openApplications(join(parts.dataDir, 'enable-banking'))
  const consent = new Consent(parts)
  const answers = new AccountAnswers({ ...parts, consent })
  return {
    serve(app) {
      consentRoutes(app, { consent })
      wireRoutes(app, { clock, world, consent, answers, applications, redirectUrls })
    },
    keyOf: (uid) => answers.keyOf(uid),
    worded,
    override: (uid, payload) => answers.override(uid, payload),
    listed: () =>
      consent.living().flatMap(({ account: { uid, key }, session }) => {
        const account = world.account(key)
        if (account === undefined) return []
        const { iban, currency, name } = account
        return [{ id: uid, iban, currency, name, session_id: session.id }]
      }),
    decide(authorizationId, decision) {
      const authorization = consent.authorization(authorizationId)
      return authorization && consent.decide(authorization, decision === 'grant' ? 'grant' : DENIED)
    },
  }
}

export { PREFIX as ENABLE_BANKING_PATH }
