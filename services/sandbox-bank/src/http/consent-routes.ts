import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BankClock } from '../application/bank-clock.ts'
import { type Consents, type Decision, sharedUntil } from '../application/consents.ts'
import { institutionOf } from '../domain/institutions.ts'
import { CALLBACK_ERRORS, type CallbackError, callbackOf, isOpen } from '../domain/requisition.ts'
import { WireError } from '../domain/wire-error.ts'
import { consentPage, unknownLinkPage, usedLinkPage } from './consent-page.ts'

type Link = { Params: { id: string; institution: string } }

/** The bank's side of the consent: what a requisition's `link` opens. Needs no script and loads nothing. */
export function consentRoutes(
  app: FastifyInstance,
  { consents, clock }: { consents: Consents; clock: BankClock },
): void {
  const path = '/psd2/start/:id/:institution'
  app.get<Link>(path, async (request, reply) => {
    const { id } = request.params
    const opened = find(() => consents.open(id))
    if (!opened) return html(reply, 404, unknownLinkPage())
    const { requisition, agreement, accounts } = opened
    const bankName = institutionOf(requisition.institution_id)?.name ?? requisition.institution_id
    if (!isOpen(requisition)) {
      const back = callbackOf(requisition, 'RequisitionLinkReused')
      return html(reply, 410, usedLinkPage(bankName, back))
    }
    const target = new URL(requisition.redirect)
    const until = new Date(sharedUntil(agreement, clock.now()))
    const view = {
      bankName,
      appName: target.host,
      accounts,
      untilText: until.toLocaleDateString('en-GB', {
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        timeZone: 'Europe/London',
      }),
      historyDays: agreement.max_historical_days,
      scopes: [...agreement.access_scope],
      action: `/psd2/start/${requisition.id}/${requisition.institution_id}`,
    }
    return html(reply, 200, consentPage(view), target.origin)
  })

  app.post<Link>(path, async (request, reply) => {
    const decision = readDecision(request.body)
    if (decision === null || !isOwnForm(request)) return html(reply, 400, unknownLinkPage())
    const redirect = find(() => consents.decide(request.params.id, decision))
    if (!redirect) return html(reply, 404, unknownLinkPage())
    return reply.code(303).header('location', redirect).send()
  })
}

/** What a lookup finds; undefined where the id is none of ours. */
function find<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

function readDecision(body: unknown): Decision | null {
  const value = typeof body === 'object' && body !== null && 'decision' in body ? body.decision : null
  if (value === 'grant') return value
  return typeof value === 'string' && Object.hasOwn(CALLBACK_ERRORS, value) ? (value as CallbackError) : null
}

/** A form on another site may not decide for the user. */
export function isOwnForm(request: FastifyRequest): boolean {
  const origin = request.headers.origin
  return origin === undefined || origin === 'null' || new URL(origin).host === request.headers.host
}

/** `redirectOrigin`: browsers hold the form's policy against where a decision leads, too. */
export function html(reply: FastifyReply, status: number, body: string, redirectOrigin = ''): FastifyReply {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${redirectOrigin}; frame-ancestors 'none'; base-uri 'none'`
  return reply.code(status).type('text/html; charset=utf-8').header('content-security-policy', policy).send(body)
}
