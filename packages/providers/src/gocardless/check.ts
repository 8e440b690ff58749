import type { Finding } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import { findingOf } from '../refusal-words.ts'
import { answerOf, InstitutionList } from './answers.ts'
import type { Send } from './links.ts'

/** Whether the secrets give a token, and which countries' banks come with it. */
export async function checkGoCardless(send: Send, countries: readonly string[]): Promise<Finding[]> {
  const asked = countries.length === 0 ? ['GB'] : countries
  const findings: Finding[] = []
  for (const country of asked) {
    try {
      const query = { country: country.toUpperCase() }
      const banks = answerOf(InstitutionList, await send({ method: 'GET', path: '/institutions/', query }))
      if (findings.length === 0) findings.push({ ok: true, what: 'keys', detail: 'GoCardless takes the secret pair.' })
      const words = banks.length === 0 ? 'No bank is offered' : `${banks.length} banks are offered`
      findings.push({ ok: banks.length > 0, what: `banks in ${query.country}`, detail: `${words} there.` })
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      const what = findings.length === 0 ? 'keys' : `banks in ${country.toUpperCase()}`
      return [...findings, findingOf(what, 'GoCardless', error)]
    }
  }
  return findings
}
