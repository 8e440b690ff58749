import { Type } from 'typebox'

/** Opaque UUIDs (v7 where we mint them); never derived from what a bank says. */
const Uuid = () => Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' })

export const SpaceId = Uuid()
export const UserId = Uuid()
export const SessionId = Uuid()
export const ConnectionId = Uuid()
export const AccountId = Uuid()
export const RunId = Uuid()
export const SyncId = Uuid()
export const CallId = Uuid()
export const TransactionId = Uuid()
export const ImportId = Uuid()
export const DecisionId = Uuid()
export const HeldId = Uuid()
export const QueryId = Uuid()
export const RebuildId = Uuid()
export const ExportId = Uuid()
export const ErasureId = Uuid()
export const ApiTokenId = Uuid()
export const InviteId = Uuid()
export const PasskeyId = Uuid()

/** Who told a payment: a provider instance, or a kind of file (`file-csv`, `file-camt053` …). */
export const Source = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' })

/** A configured provider instance, such as `gocardless` or `sandbox`. */
export const ProviderId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' })
/** The provider's own key of a bank, such as `MONZO_MONZGB2L`. */
export const InstitutionId = Type.String({ minLength: 1, maxLength: 128 })
/** RFC 3339, UTC, as `Date.toISOString()` prints it. */
export const Instant = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$' })
/** Any instant as `Instant` has it, so that instants compare as text. */
export const instant = (said: string): string => new Date(said).toISOString()
/** A calendar day in the account's own zone. */
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' })
/** A calendar month, `YYYY-MM`. */
export const Month = Type.String({ pattern: '^\\d{4}-\\d{2}$' })
/** ISO 4217. */
export const CurrencyCode = Type.String({ pattern: '^[A-Z]{3}$' })
/** IANA, such as `Europe/London`. */
export const TimeZone = Type.String({ minLength: 1, maxLength: 64 })
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

/** A raw response in the object store: its plain bytes' hash and length; the object itself is compressed and sealed. */
export const RawRef = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 512 }),
  sha256: Sha256,
  bytes: Type.Integer({ minimum: 0 }),
})
export type RawRef = Type.Static<typeof RawRef>
