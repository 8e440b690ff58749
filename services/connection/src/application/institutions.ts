import { DomainError, type Rest, refuse } from '@pf/contracts'
import { type BankFeed, type Institution, type InstitutionDetails, ProviderError, type Providers } from '@pf/providers'
import type { LogoLinks } from '@pf/service-kit'
import { providerRefusal } from './provider-refusal.ts'

export interface Institutions {
  list(country: string, q: string | undefined): Promise<Rest.Institution[]>
  /** Throws institution_not_found, provider_not_configured, provider_ambiguous, provider_unavailable, provider_refused. */
  find(institutionId: string, provider: string | undefined): Promise<InstitutionDetails>
}

/** The banks of all providers side by side. Each provider keeps what it was told for a day. */
export function createInstitutions(providers: Providers, logos: Pick<LogoLinks, 'pathOf'>): Institutions {
  /** Those that have keys at this moment, whoever put them. */
  const feeds = async () => (await providers.all()).flatMap(({ id }) => providers.find(id) ?? [])

  return {
    async list(country, q) {
      const asked = await Promise.allSettled((await feeds()).map((feed) => feed.institutions(country.toUpperCase())))
      const answered = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      const failed = asked.find((one) => one.status === 'rejected')
      // One provider in trouble does not hide the banks of another; with none left its trouble is the answer.
      if (answered.length === 0 && failed !== undefined) throw providerRefusal(failed.reason)
      const wanted = q?.trim().toLowerCase() ?? ''
      const found = answered
        .flat()
        .filter(({ name, id, bic }) => [name, id, bic].some((text) => text.toLowerCase().includes(wanted)))
        .map(async (institution) => {
          const demo = providers.isDemo(institution.provider)
          return viewOf(institution, demo, await logos.pathOf({ ...institution, demo }))
        })
      return (await Promise.all(found)).toSorted(
        (a, b) => a.name.localeCompare(b.name, 'en') || a.provider.localeCompare(b.provider, 'en'),
      )
    },

    async find(institutionId, provider) {
      const offering = provider === undefined ? await feeds() : [await configured(providers, provider)]
      const asked = await Promise.all(
        offering.map((feed) =>
          feed.institution(institutionId).catch((error: unknown) => {
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

/** Keys that an operator has just put somewhere else count as well. Throws provider_not_configured. */
export async function configured(providers: Providers, id: string): Promise<BankFeed> {
  const feed = providers.find(id) ?? (await providers.lookup(id))
  if (feed !== undefined) return feed
  const known =
    providers
      .list()
      .map((provider) => provider.id)
      .join(', ') || 'none'
  throw new DomainError('provider_not_configured', `Provider ${id} is not set up here; set up: ${known}.`)
}

function viewOf(institution: Institution, demo: boolean, logo: string): Rest.Institution {
  const { id, provider, name, bic, countries, maxHistoryDays, maxConsentDays } = institution
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
