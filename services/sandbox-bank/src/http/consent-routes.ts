import type { FastifyInstance, FastifyReply } from 'fastify'
import type { BankClock } from '../application/bank-clock.ts'
import type { Banks } from '../application/banks.ts'
import { type Consents, type Decision, sharedUntil } from '../application/consents.ts'
import type { Agreement } from '../domain/agreement.ts'
import type { BankAccount } from '../domain/payment.ts'
import { CALLBACK_ERRORS, type CallbackError, callbackOf, isOpen, type Requisition } from '../domain/requisition.ts'
import { loginPage, selectionPage } from './bank-pages.ts'
import { consentPage, unknownLinkPage, usedLinkPage } from './consent-page.ts'
import { chosenOf, dayInWords, decisionOf, find, html, isOwnForm } from './forms.ts'

type Link = { Params: { id: string; institution: string } }
type Opened = { requisition: Requisition; agreement: Agreement; accounts: BankAccount[] }

const FAILURES: readonly CallbackError[] = [
  'UnknownError',
  'InstitutionTechnicalError',
  'InstitutionTimeoutError',
  'GoCardlessTechnicalError',
]

export type ConsentPageParts = { consents: Consents; banks: Banks; clock: BankClock }

/**
 * What a requisition's `link` opens, page by page: the consent, the bank's log-in where it has one of its own, the choice of
 * accounts where that was asked for (gocardless.md §13.5).
 */
export function consentRoutes(app: FastifyInstance, parts: ConsentPageParts): void {
  const { consents } = parts
  const path = '/psd2/start/:id/:institution'
  app.get<Link>(path, async (request, reply) => {
    const opened = find(() => consents.open(request.params.id))
    if (!opened) return html(reply, 404, unknownLinkPage())
    return showPage(reply, opened, parts)
  })

  app.post<Link>(path, async (request, reply) => {
    const decision = readDecision(request.body)
    if (decision === null || !isOwnForm(request)) return html(reply, 400, unknownLinkPage())
    const redirect = find(() => consents.step(request.params.id, decision, chosenOf(request.body)))
    if (!redirect) return html(reply, 404, unknownLinkPage())
    return reply.code(303).header('location', redirect).send()
  })
}

function showPage(reply: FastifyReply, opened: Opened, { banks, clock }: ConsentPageParts): FastifyReply {
  const { requisition, agreement, accounts } = opened
  const { institution_id: institutionId } = requisition
  const bankName = banks.record(institutionId)?.name ?? institutionId
  if (!isOpen(requisition))
    return html(reply, 410, usedLinkPage(bankName, callbackOf(requisition, 'RequisitionLinkReused')))
  const action = `/psd2/start/${requisition.id}/${institutionId}`
  const { origin, host } = new URL(requisition.redirect)
  if (requisition.status === 'SA') {
    const choices = accounts.map((account) => ({ ...account, value: account.key }))
    return html(reply, 200, selectionPage({ bankName, action, accounts: choices }), origin)
  }
  const failures: readonly CallbackError[] =
    requisition.ssn === null ? FAILURES : ['SSNVerificationFailed', ...FAILURES]
  if (requisition.status === 'UA') return html(reply, 200, loginPage({ bankName, action, failures }), origin)
  const view = {
    bankName,
    appName: host,
    accounts,
    untilText: dayInWords(sharedUntil(agreement, clock.now())),
    historyDays: agreement.max_historical_days,
    scopes: [...agreement.access_scope],
    action,
    // What fails at the bank fails on its own page, where it has one.
    failures: banks.behaviour(institutionId).loginPage ? [] : failures,
  }
  return html(reply, 200, consentPage(view), origin)
}

function readDecision(body: unknown): Decision | null {
  const value = decisionOf(body)
  if (value === 'grant') return value
  return typeof value === 'string' && Object.hasOwn(CALLBACK_ERRORS, value) ? (value as CallbackError) : null
}
