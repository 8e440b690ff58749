import { type TObject, type TSchema, Type } from 'typebox'
import type { ApiScope } from '../api-token.ts'
import type { RefusalCode } from '../refuse.ts'
import { told } from './shapes/parts.ts'

/** One call of the public surface: what the gateway validates, answers and documents. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  readonly path: string
  readonly summary: string
  /** What the summary has no room for: effects, order, limits. Markdown. */
  readonly description?: string
  readonly tag: Tag
  /** Without a token. */
  readonly open?: boolean
  /**
   * What a personal API token needs here where the rule does not fit (GET: `read`, any other method: `write`, below /auth:
   * `session`). `session`: no API token is taken, whatever it may.
   */
  readonly scope?: ApiScope | 'session'
  /** What the refresh cookie does here: `refresh`: the call is made with it alone; `either`: with it or a token. */
  readonly cookie?: 'refresh' | 'either'
  /** A success sets or clears a cookie. */
  readonly setsCookie?: boolean
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TObject
  /** Takes `multipart/form-data` with a file; `body` describes the form's fields beside `file`. */
  readonly upload?: boolean
  /** Takes `application/x-www-form-urlencoded`, of which `body` has the fields: another specification says so. */
  readonly form?: boolean
  /** By status, first the one that a success has; `null` is an answer without a body. */
  readonly answers: Readonly<Record<number, TSchema | null>>
  /** A command whose read model may lag: then 202, with the position to wait for in `Log-Position`. */
  readonly mayLag?: boolean
  /** What the answer is where it is not JSON: one type, or several parted by commas. */
  readonly media?: string
  /** Problem codes it may answer beyond those every route may. */
  readonly problems?: readonly RefusalCode[]
}

/** What routes are about, in the order of the document. */
export const tags = {
  Auth: 'Who you are: registration, log-in, sessions. An access token lasts 15 minutes; a cookie renews it.',
  Connections: 'Banks: which there are, asking for one, the way to the bank and back, its consent.',
  Syncs: 'Fetching what banks have: one sync per account and run.',
  Demo: "The demo bank's clock.",
  'Held rows': 'Rows that could not be taken without a word of yours.',
  Identity: 'What is one payment and what is not: your own words, and what newer rules would say.',
  Imports: 'Statement files: tried, imported, taken back.',
  Accounts: 'Accounts with their balances, and the proof that rows and balances agree.',
  Transactions: 'Payments, each once, down to the bytes that the bank sent.',
  Analytics: 'Figures made of the payments, the marts they are answered from, and SQL of your own.',
  Exports: 'All that there is of you, as one file.',
  Preferences: 'What pages remember for you.',
  GraphQL: 'Everything that can be read, several things in one request.',
  Live: 'What to read again, told as it happens.',
  Operations: 'Whether everything runs; what operators see.',
} as const
export type Tag = keyof typeof tags

export const closed = { additionalProperties: false }
export const Id = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 128, description: 'Opaque, as a list or the command before told it.' }),
  },
  closed,
)
export const Limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: 200, default: 50, description: 'How many items a page has at most.' }),
)
export const Cursor = Type.Optional(
  Type.String({
    maxLength: 512,
    description: '`next_cursor` of the page before, as it was; without it the first page.',
  }),
)
export const Name = Type.String({ minLength: 1, maxLength: 100, description: 'Your own name for it.' })
/** A filter by something that an id names; of another user's nothing is found. */
export const ById = (description: string) => Type.Optional(told(Type.String({ maxLength: 128 }), description))
export const query = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties, closed)
export const route = <const R extends Route>(r: R): R => r
