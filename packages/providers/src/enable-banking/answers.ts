import { type Static, type TSchema, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { AccountStatus, LinkState, LinkStatus } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import type { Reply } from '../transport.ts'

/** The parts of gocardless.md §11 that we read; fields beside them are let through, null is as good as missing. */
const text = Type.String({ minLength: 1 })
const maybe = <T extends TSchema>(inner: T) => Type.Optional(Type.Union([inner, Type.Null()]))

export const Application = Type.Object({
  name: maybe(Type.String()),
  kid: maybe(Type.String()),
  environment: maybe(Type.String()),
  active: maybe(Type.Boolean()),
  redirect_urls: maybe(Type.Array(Type.String())),
  countries: maybe(Type.Array(Type.String())),
  services: maybe(Type.Array(Type.String())),
})

export const Aspsp = Type.Object({
  name: text,
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
  logo: maybe(Type.String()),
  bic: maybe(Type.String()),
  psu_types: Type.Array(Type.String()),
  auth_methods: maybe(
    Type.Array(
      Type.Object({ name: maybe(Type.String()), title: maybe(Type.String()), hidden_method: maybe(Type.Boolean()) }),
    ),
  ),
  maximum_consent_validity: Type.Number({ minimum: 0 }),
  beta: maybe(Type.Boolean()),
  sandbox: maybe(Type.Object({})),
  required_psu_headers: maybe(Type.Array(Type.String())),
})
const AspspList = Type.Object({ aspsps: Type.Array(Type.Unknown()) })

/** One bank that is described otherwise hides no other; a list of none that can be read is no answer. */
export function aspspsOf(reply: Reply): Static<typeof Aspsp>[] {
  const { aspsps } = answerOf(AspspList, reply)
  const readable = aspsps.filter((aspsp) => Value.Check(Aspsp, aspsp))
  if (readable.length === 0 && aspsps.length > 0) throw badAnswer()
  return readable
}

export const Authorization = Type.Object({ url: text, authorization_id: text })

const bank = Type.Object({ name: Type.String(), country: Type.String() })
export const NewSession = Type.Object({
  session_id: text,
  accounts: Type.Array(Type.Object({ uid: maybe(text) })),
  aspsp: maybe(bank),
})
export const Session = Type.Object({
  status: text,
  accounts: maybe(Type.Array(text)),
  aspsp: maybe(bank),
  access: maybe(Type.Object({ valid_until: maybe(Type.String()) })),
  created: maybe(Type.String()),
  authorized: maybe(Type.String()),
})

/** Throws ProviderError `bad_answer` for a success that is not of the documented shape. */
export function answerOf<T extends TSchema>(schema: T, reply: Reply): Static<T> {
  const json = reply.json()
  if (Value.Check(schema, json)) return json
  throw badAnswer()
}

const badAnswer = () =>
  new ProviderError({ code: 'bad_answer', action: 'retry_later', counted: false, spent: false, status: 200 })

const LINK: Readonly<Record<string, LinkStatus>> = {
  PENDING_AUTHORIZATION: 'created',
  RETURNED_FROM_BANK: 'in_progress',
  AUTHORIZED: 'linked',
  EXPIRED: 'expired',
  CLOSED: 'revoked',
  REVOKED: 'revoked',
  CANCELLED: 'rejected',
  INVALID: 'failed',
}

/** A status that nobody documented is still in progress: a later reading will tell. */
export function linkStateOf(session: Static<typeof Session>): LinkState {
  const status = LINK[session.status.toUpperCase()] ?? 'in_progress'
  const granted = status === 'linked' || status === 'expired' || status === 'revoked'
  const grantedAt = granted ? instantOf(session.authorized ?? session.created) : undefined
  const expiresAt = granted ? instantOf(session.access?.valid_until) : undefined
  return {
    status,
    accounts: session.accounts ?? [],
    ...(grantedAt === undefined ? {} : { grantedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** An account has no state of its own: its session's. */
export function accountStatusOf(status: LinkStatus): AccountStatus {
  if (status === 'linked') return 'ready'
  return status === 'created' || status === 'in_progress' ? 'discovered' : 'expired'
}

function instantOf(timestamp: string | null | undefined): string | undefined {
  const at = Date.parse(timestamp ?? '')
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}
