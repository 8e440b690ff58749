import type { FastifyInstance, FastifyReply } from 'fastify'
import type { AccountData } from '../application/account-data.ts'
import type { Banks } from '../application/banks.ts'
import type { PageState, Reconfirmations } from '../application/reconfirmations.ts'
import { reconfirmClosedPage, reconfirmPage } from './bank-pages.ts'
import { unknownLinkPage } from './consent-page.ts'
import { chosenOf, dayInWords, decisionOf, find, html, isOwnForm } from './forms.ts'

type WithId = { Params: { id: string } }

const CLOSED: Record<Exclude<PageState, 'open'>, string> = {
  early: 'It is too early to confirm',
  late: 'It is too late to confirm',
  done: 'Thank you, that is all',
}

/** What a `reconfirmation_url` opens: the user confirms that the consent goes on, without a log-in. */
export function reconfirmRoutes(
  app: FastifyInstance,
  { reconfirmations, banks, data }: { reconfirmations: Reconfirmations; banks: Banks; data: AccountData },
): void {
  const path = '/psd2/reconfirm/:id'
  const closed = (reply: FastifyReply, bankName: string, state: Exclude<PageState, 'open'>, back: string | null) =>
    html(reply, state === 'done' ? 200 : 410, reconfirmClosedPage(bankName, CLOSED[state], back))

  app.get<WithId>(path, async ({ params }, reply) => {
    const opened = find(() => reconfirmations.open(params.id))
    if (!opened) return html(reply, 404, unknownLinkPage())
    const { institution_id: institutionId } = opened.agreement
    const bankName = banks.record(institutionId)?.name ?? institutionId
    if (opened.state !== 'open') return closed(reply, bankName, opened.state, opened.redirect)
    const accounts = opened.accounts.flatMap((id) => {
      const account = data.accountOf(id)
      return account ? [{ ...account, value: id }] : []
    })
    const view = { bankName, action: `/psd2/reconfirm/${params.id}`, accounts, untilText: dayInWords(opened.toMs) }
    return html(reply, 200, reconfirmPage(view), opened.redirect === null ? '' : new URL(opened.redirect).origin)
  })

  app.post<WithId>(path, async (request, reply) => {
    const decision = decisionOf(request.body)
    if ((decision !== 'confirm' && decision !== 'reject') || !isOwnForm(request)) {
      return html(reply, 400, unknownLinkPage())
    }
    const confirmed = decision === 'confirm' ? chosenOf(request.body) : []
    const said = find(() => reconfirmations.submit(request.params.id, confirmed))
    if (!said) return html(reply, 404, unknownLinkPage())
    if (said.redirect !== null) return reply.code(303).header('location', said.redirect).send()
    return closed(reply, 'Confirm', said.state === 'open' ? 'done' : said.state, null)
  })
}
