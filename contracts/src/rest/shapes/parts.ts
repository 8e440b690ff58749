import { type Static, type TSchema, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'

export const Opaque = Type.String({ minLength: 1, maxLength: 128 })

/** A schema with what clients have to know of it: shapes, units, when it is null. The OpenAPI document says it. */
export const told = <T extends TSchema>(schema: T, description: string): T => Type.With(schema, { description }) as T

/** One of these words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>(Type.Union(words.map((word) => Type.Literal(word))))

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const Money = told(
  Type.Object({
    amount: Type.String({ pattern: '^-?\\d+(\\.\\d+)?$' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  }),
  "Decimal string with the currency's own number of decimals; debit negative.",
)
export type Money = Static<typeof Money>

export const Problem = told(
  Type.Object({
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
    mfa_token: Type.Optional(Type.String()),
  }),
  'RFC 9457. `code` is stable; `errors` points into the request; `mfa_token` comes with `mfa_required` alone.',
)
export type Problem = Static<typeof Problem>

export const page = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next_cursor: Type.Optional(Type.String()) })

export const AsOf = Type.Object({ log_position: Type.String(), built_at: Nullable(Instant) })
export type AsOf = Static<typeof AsOf>

export const DayRange = Type.Object({ from: Day, to: Day })

export const Logo = told(
  Type.String(),
  'Its path below the API’s address (`GET /logos/{name}`); empty where there is none.',
)
