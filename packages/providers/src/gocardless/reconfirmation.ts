import type { Static } from 'typebox'
import type { Reconfirmation } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import type { Call, Reply } from '../transport.ts'
import { answerOf, instantOf, ReconfirmationAnswer } from './answers.ts'

type Send = (call: Call) => Promise<Reply>

const pathOf = (agreementId: string) => `/agreements/enduser/${encodeURIComponent(agreementId)}/reconfirm/`

export async function reconfirm(send: Send, agreementId: string, redirect?: string): Promise<Reconfirmation> {
  const body = redirect === undefined ? {} : { redirect }
  return reconfirmationOf(
    answerOf(ReconfirmationAnswer, await send({ method: 'POST', path: pathOf(agreementId), body })),
  )
}

/** Undefined where none was asked for, which is documented as a refusal of several kinds. */
export async function readReconfirmation(send: Send, agreementId: string): Promise<Reconfirmation | undefined> {
  try {
    return reconfirmationOf(answerOf(ReconfirmationAnswer, await send({ method: 'GET', path: pathOf(agreementId) })))
  } catch (error) {
    if (error instanceof ProviderError && (error.code === 'not_found' || error.code === 'bad_request')) return undefined
    throw error
  }
}

/** The link works from 14 days before to 14 days after the due day (§2.3). */
const EARLY_MS = 14 * 86_400_000

function reconfirmationOf(answer: Static<typeof ReconfirmationAnswer>): Reconfirmation {
  const validFrom = instantOf(answer.url_valid_from)
  const validTo = instantOf(answer.url_valid_to)
  if (validFrom === undefined || validTo === undefined) {
    throw new ProviderError({ code: 'bad_answer', action: 'retry_later', counted: false, spent: false, status: 200 })
  }
  const accounts = Object.entries(answer.accounts ?? {})
  const rejected = accounts.flatMap(([id, account]) => (account.rejected ? [id] : []))
  const waiting = accounts.filter(([, account]) => !account.rejected && !account.reconfirmed)
  const confirmed = accounts.flatMap(([, { reconfirmed }]) => (reconfirmed ? (instantOf(reconfirmed) ?? []) : []))
  const reconfirmedAt = waiting.length === 0 ? confirmed.toSorted().at(-1) : undefined
  return {
    link: answer.reconfirmation_url,
    validFrom,
    dueAt: new Date(Date.parse(validFrom) + EARLY_MS).toISOString(),
    validTo,
    rejected,
    ...(reconfirmedAt === undefined ? {} : { reconfirmedAt }),
  }
}
