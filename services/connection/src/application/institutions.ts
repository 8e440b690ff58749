import { DomainError, type Rest, refuse } from '@pf/contracts'
import type { Clock } from '@pf/eventing'
import { type BankFeed, type Institution, ProviderError, type Providers } from '@pf/providers'
import { providerRefusal } from './provider-refusal.ts'

/** Banks come and go rarely (gocardless.md §2.1); a list is asked for once in this time. */
const keptMs = 24 * 3_600_000
const maxKept = 500

export type OfferedInstitution = Institution & { features: string[] }

export interface Institutions {
  list(country: string, q: string | undefined): Promise<Rest.Institution[]>
  /** Throws institution_not_found, provider_not_configured, provider_ambiguous, provider_unavailable, provider_refused. */
  find(institutionId: string, provider: string | undefined): Promise<OfferedInstitution>
}

export function createInstitutions(providers: Providers, clock: Clock): Institutions {
  const lists = kept<Institution[]>(clock)
  const single = kept<OfferedInstitution>(clock)
  const listOf = (feed: BankFeed, country: string) => lists(`${feed.id}/${country}`, () => feed.institutions(country))
  const feeds = () => providers.list().flatMap(({ id }) => providers.find(id) ?? [])

  return {
    async list(country, q) {
      const asked = await Promise.allSettled(feeds().map((feed) => listOf(feed, country.toUpperCase())))
      const answered = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      const failed = asked.find((one) => one.status === 'rejected')
      // One provider in trouble does not hide the banks of another; with none left its trouble is the answer.
      if (answered.length === 0 && failed !== undefined) throw providerRefusal(failed.reason)
      const wanted = q?.trim().toLowerCase() ?? ''
      return answered
        .flat()
        .filter(({ name, id, bic }) => [name, id, bic].some((text) => text.toLowerCase().includes(wanted)))
        .map((institution) => viewOf(institution, providers.isDemo(institution.provider)))
        .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || a.provider.localeCompare(b.provider, 'en'))
    },

    async find(institutionId, provider) {
      const offering = provider === undefined ? feeds() : [configured(providers, provider)]
      const asked = await Promise.all(
        offering.map((feed) =>
          single(`${feed.id}/${institutionId}`, () => feed.institution(institutionId)).catch((error: unknown) => {
            if (error instanceof ProviderError && error.action === 'not_found') return undefined
            throw providerRefusal(error)
          }),
        ),
      )
      const found = asked.filter((institution) => institution !== undefined)
      const [only, ...others] = found
      if (only === undefined) {
        throw refuse(
          'institution_not_found',
          `No provider offers a bank ${institutionId}; take an id from the list of banks.`,
        )
      }
      if (others.length > 0) {
        const names = found.map((institution) => institution.provider).join(' and ')
        throw refuse('provider_ambiguous', `The bank ${institutionId} comes by ${names}; name one of them as provider.`)
      }
      return only
    },
  }
}

/** Throws provider_not_configured. */
export function configured(providers: Providers, id: string): BankFeed {
  const feed = providers.find(id)
  if (feed !== undefined) return feed
  const known =
    providers
      .list()
      .map((provider) => provider.id)
      .join(', ') || 'none'
  throw new DomainError('provider_not_configured', `Provider ${id} is not set up here; set up: ${known}.`)
}

function viewOf(institution: Institution, demo: boolean): Rest.Institution {
  const { id, provider, name, bic, countries, logo, maxHistoryDays, maxConsentDays } = institution
  return {
    id,
    provider,
    name,
    bic,
    countries,
    logo,
    max_history_days: maxHistoryDays,
    max_consent_days: maxConsentDays,
    demo,
  }
}

/** Answers kept in this process; several askers wait for one question, a failure is not kept. */
function kept<T>(clock: Clock): (key: string, ask: () => Promise<T>) => Promise<T> {
  const entries = new Map<string, { answer: Promise<T>; untilMs: number }>()
  return (key, ask) => {
    const nowMs = clock.now().getTime()
    const known = entries.get(key)
    if (known !== undefined && known.untilMs > nowMs) return known.answer
    const entry = { answer: ask(), untilMs: nowMs + keptMs }
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > maxKept) entries.delete(entries.keys().next().value ?? key)
    entry.answer.catch(() => {
      if (entries.get(key) === entry) entries.delete(key)
    })
    return entry.answer
  }
}
