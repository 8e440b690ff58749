import type { FastifyInstance } from 'fastify'
import { HISTORY_DAYS } from '../../domain/institutions.ts'
import { consentPage, unknownLinkPage, usedLinkPage } from '../../http/consent-page.ts'
import { dayInWords, html, isOwnForm } from '../../http/forms.ts'
import { type Consent, DENIED, type Decision } from '../application/consent.ts'
import { type Authorization, isOpen } from '../domain/authorization.ts'
import { PREFIX } from './routes.ts'

type Link = { Params: { id: string } }

/** The buttons of the page, which both protocols share, in this one's words. */
const DECISIONS: Readonly<Record<string, Decision>> = {
  grant: 'grant',
  UserCancelledSession: DENIED,
  UnknownError: { error: 'access_denied', description: 'The bank did not accept the log-in' },
  InstitutionTechnicalError: { error: 'server_error', description: 'The bank had a technical error' },
  InstitutionTimeoutError: { error: 'server_error', description: 'The bank did not answer in time' },
}

const FAILURES = ['UnknownError', 'InstitutionTechnicalError', 'InstitutionTimeoutError'] as const

/** The bank's side of an authorization: what its `url` opens. */
export function consentRoutes(app: FastifyInstance, { consent }: { consent: Consent }): void {
  const path = `${PREFIX}/ais/start/:id`
  app.get<Link>(path, async ({ params }, reply) => {
    const authorization = consent.authorization(params.id)
    if (authorization === undefined) return html(reply, 404, unknownLinkPage())
    const { aspsp, redirect } = authorization
    if (!isOpen(authorization)) {
      return html(reply, 410, usedLinkPage(aspsp.name, consent.decide(authorization, DENIED)))
    }
    return html(reply, 200, consentPage(viewOf(authorization, consent)), new URL(redirect).origin)
  })

  app.post<Link>(path, async (request, reply) => {
    const { body } = request
    const said = typeof body === 'object' && body !== null && 'decision' in body ? String(body.decision) : ''
    const decision = Object.hasOwn(DECISIONS, said) ? DECISIONS[said] : undefined
    if (decision === undefined || !isOwnForm(request)) return html(reply, 400, unknownLinkPage())
    const authorization = consent.authorization(request.params.id)
    if (authorization === undefined) return html(reply, 404, unknownLinkPage())
    return reply.code(303).header('location', consent.decide(authorization, decision)).send()
  })
}

const viewOf = ({ id, aspsp, redirect, access }: Authorization, consent: Consent) => ({
  bankName: aspsp.name,
  appName: new URL(redirect).host,
  accounts: consent.accountsAt(aspsp),
  untilText: dayInWords(Date.parse(access.valid_until)),
  historyDays: HISTORY_DAYS,
  scopes: ['details', ...(access.balances ? ['balances'] : []), ...(access.transactions ? ['transactions'] : [])],
  action: `${PREFIX}/ais/start/${id}`,
  failures: FAILURES,
})
