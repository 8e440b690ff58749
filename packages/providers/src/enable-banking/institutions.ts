import { createHash } from 'node:crypto'
import type { Static } from 'typebox'
import type { Institution, InstitutionDetails } from '../bank-feed.ts'
import type { Aspsp } from './answers.ts'

/** A bank is identified by name and country. */
export type BankName = { name: string; country: string }

const MAX_ID = 128

/** `Nordea~FI`: fit for a path, and read back by eyes. A name that becomes too long stands as a part of its hash. */
export function institutionIdOf({ name, country }: BankName): string {
  const plain = encodeURIComponent(name).replaceAll('_', '%5F').replaceAll('~', '%7E').replaceAll('%20', '_')
  const id = `${plain}~${country}`
  return id.length <= MAX_ID ? id : `~${createHash('sha256').update(name).digest('hex').slice(0, 32)}~${country}`
}

/** Undefined for an id that is none of ours. */
export const countryOf = (institutionId: string): string | undefined => /~([A-Z]{2})$/.exec(institutionId)?.[1]

const SECONDS_PER_DAY = 86_400
/** What a consent may ask for at most here; the provider names no history, so that the bank will say what is too long. */
const MAX_DAYS = 730

export function institutionOf(provider: string, aspsp: Static<typeof Aspsp>): Institution {
  return {
    id: institutionIdOf(aspsp),
    provider,
    name: aspsp.name,
    bic: aspsp.bic ?? '',
    countries: [aspsp.country],
    logo: aspsp.logo ?? '',
    maxHistoryDays: MAX_DAYS,
    maxConsentDays: Math.min(MAX_DAYS, Math.max(1, Math.floor(aspsp.maximum_consent_validity / SECONDS_PER_DAY))),
  }
}

export function institutionDetailsOf(provider: string, aspsp: Static<typeof Aspsp>): InstitutionDetails {
  const methods = (aspsp.auth_methods ?? []).flatMap(({ name, title, hidden_method }) =>
    name && hidden_method !== true ? [{ name, title: title || name }] : [],
  )
  return {
    ...institutionOf(provider, aspsp),
    features: [],
    psuTypes: (['personal', 'business'] as const).filter((type) => aspsp.psu_types.includes(type)),
    // One alone is no choice.
    ...(methods.length > 1 ? { authMethods: methods } : {}),
    requiredPsuHeaders: aspsp.required_psu_headers ?? [],
    ...(aspsp.beta === true ? { beta: true } : {}),
    ...(aspsp.sandbox ? { sandbox: true } : {}),
  }
}
