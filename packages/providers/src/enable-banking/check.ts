import type { Finding } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import { findingOf } from '../refusal-words.ts'
import { Application, answerOf } from './answers.ts'
import type { Send } from './links.ts'

/** `GET /application` with our keys, and what its answer means for this set-up. */
export async function checkEnableBanking(
  send: Send,
  setUp: { redirect: string; countries?: readonly string[] },
): Promise<Finding[]> {
  let application: ReturnType<typeof answerOf<typeof Application>>
  try {
    application = answerOf(Application, await send({ method: 'GET', path: '/application' }))
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    return [findingOf('keys', 'Enable Banking', error)]
  }
  const { name, active, environment } = application
  return [
    { ok: true, what: 'keys', detail: `Enable Banking knows the application${name ? ` “${name}”` : ''} by this key.` },
    active === false
      ? {
          ok: false,
          what: 'application',
          detail: 'It is not active yet; finish its registration in the control panel.',
        }
      : { ok: true, what: 'application', detail: 'It is active.' },
    {
      ok: true,
      what: 'environment',
      detail: environment === 'SANDBOX' ? 'Sandbox: its banks are test banks only.' : 'Production: its banks are real.',
    },
    redirectFinding(application.redirect_urls ?? [], setUp.redirect),
    servicesFinding(application.services ?? []),
    ...countryFindings(application.countries ?? [], setUp.countries ?? []),
  ]
}

function redirectFinding(registered: readonly string[], redirect: string): Finding {
  const ok = registered.includes(redirect)
  const detail = ok
    ? `${redirect} is registered.`
    : `${redirect} is not among the ${registered.length} redirect URLs of the application; add exactly this one in the control panel.`
  return { ok, what: 'redirect URL', detail }
}

function servicesFinding(services: readonly string[]): Finding {
  const ok = services.includes('AIS')
  const detail = ok
    ? 'Account information (AIS) is allowed.'
    : `Account information (AIS) is not allowed; allowed: ${services.join(', ') || 'nothing'}.`
  return { ok, what: 'services', detail }
}

function countryFindings(covered: readonly string[], asked: readonly string[]): Finding[] {
  const list = covered.join(', ') || 'none'
  if (asked.length === 0) return [{ ok: covered.length > 0, what: 'countries', detail: `Covered: ${list}.` }]
  return asked.map((said) => {
    const country = said.toUpperCase()
    const ok = covered.includes(country)
    return {
      ok,
      what: `banks in ${country}`,
      detail: ok ? `${country} is covered.` : `${country} is not covered; covered: ${list}.`,
    }
  })
}
