import { type TObject, type TSchema, Type } from 'typebox'

/** One call of the public surface: what the gateway validates, answers and documents. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  readonly path: string
  readonly summary: string
  readonly tag: string
  /** Without a token. */
  readonly open?: boolean
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TObject
  /** Takes `multipart/form-data` with a file. */
  readonly upload?: boolean
  /** By status; `null` is an answer without a body. */
  readonly answers: Readonly<Record<number, TSchema | null>>
  /** Problem codes it may answer beyond those every route may. */
  readonly problems?: readonly string[]
}

export const closed = { additionalProperties: false }
export const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) }, closed)
export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 }))
export const Cursor = Type.Optional(Type.String({ maxLength: 512 }))
export const Name = Type.String({ minLength: 1, maxLength: 100 })
export const query = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties, closed)
export const route = <const R extends Route>(r: R): R => r
