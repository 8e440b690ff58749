import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Institution, InstitutionDetails } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import type { Reply } from '../transport.ts'

/** The parts of §1–§2 that we read; fields beside them are let through. */
const text = Type.String({ minLength: 1 })
const numberText = Type.Union([Type.String({ pattern: '^\\d{1,4}$' }), Type.Integer({ minimum: 1 })])

export const AccessToken = Type.Object({ access: text, access_expires: Type.Number({ minimum: 1 }) })
export const TokenPair = Type.Object({
  access: text,
  access_expires: Type.Number({ minimum: 1 }),
  refresh: text,
  refresh_expires: Type.Number({ minimum: 1 }),
})
export const InstitutionAnswer = Type.Object({
  id: text,
  name: Type.String(),
  bic: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  logo: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  countries: Type.Array(Type.String()),
  transaction_total_days: Type.Optional(numberText),
  max_access_valid_for_days: Type.Optional(numberText),
  max_access_valid_for_days_reconfirmation: Type.Optional(Type.Union([numberText, Type.Null()])),
  supported_features: Type.Optional(Type.Array(Type.String())),
})
export const InstitutionList = Type.Array(InstitutionAnswer)
export const AgreementAnswer = Type.Object({
  id: text,
  max_historical_days: Type.Integer({ minimum: 1 }),
  access_valid_for_days: Type.Integer({ minimum: 1 }),
  accepted: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  reconfirmation: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
})
const when = Type.Optional(Type.Union([Type.String(), Type.Null()]))
export const ReconfirmationAnswer = Type.Object({
  reconfirmation_url: text,
  url_valid_from: text,
  url_valid_to: text,
  accounts: Type.Optional(
    Type.Union([Type.Record(Type.String(), Type.Object({ reconfirmed: when, rejected: when })), Type.Null()]),
  ),
})
export const RequisitionAnswer = Type.Object({
  id: text,
  status: text,
  link: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  agreement: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  reference: Type.String(),
  accounts: Type.Array(text),
})
export const AccountAnswer = Type.Object({
  status: text,
  institution_id: text,
  iban: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  owner_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})

/** Throws ProviderError `bad_answer` for a success that is not of the documented shape. */
export function answerOf<T extends TSchema>(schema: T, reply: Reply): Static<T> {
  const json = reply.json()
  if (Value.Check(schema, json)) return json
  throw new ProviderError({ code: 'bad_answer', action: 'retry_later', counted: false, spent: false, status: 200 })
}

const DEFAULT_DAYS = 90

/** Numbers of days come as texts, "90" if not given (§2.1). */
export function institutionOf(provider: string, answer: Static<typeof InstitutionAnswer>): Institution {
  return {
    id: answer.id,
    provider,
    name: answer.name,
    bic: answer.bic ?? '',
    countries: answer.countries,
    logo: answer.logo ?? '',
    maxHistoryDays: Number(answer.transaction_total_days ?? DEFAULT_DAYS),
    maxConsentDays: Number(answer.max_access_valid_for_days ?? DEFAULT_DAYS),
  }
}

export function institutionDetailsOf(provider: string, answer: Static<typeof InstitutionAnswer>): InstitutionDetails {
  const reconfirmed = answer.max_access_valid_for_days_reconfirmation
  return {
    ...institutionOf(provider, answer),
    features: answer.supported_features ?? [],
    ...(reconfirmed ? { maxConsentDaysReconfirmed: Number(reconfirmed) } : {}),
  }
}

/** Both forms of a timestamp (`…T…Z` and Python's `… …+00:00`) as a UTC instant in milliseconds. */
export function instantOf(timestamp: string): string | undefined {
  const at = Date.parse(
    timestamp
      .trim()
      .replace(' ', 'T')
      .replace(/\.(\d{3})\d+/, '.$1'),
  )
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
