import { type Static, type TObject, type TProperties, Type } from 'typebox'

/**
 * One event type at one version: `schema` is plain JSON Schema of its data. A released version is frozen
 * (contracts/goldens); a change is a new version with an upcast from the one before.
 */
export type EventDeclaration<T extends string = string, S extends TObject = TObject> = {
  readonly type: T
  readonly version: number
  readonly schema: S
  /** By the version they read: pure steps to the version after it, so that an old event is read as the latest. */
  readonly upcasts?: Readonly<Record<number, (data: object) => object>>
}

/** The union of `{type, data}` over some declarations. */
export type EventOf<D> = D extends EventDeclaration<infer T, infer S> ? { type: T; data: Static<S> } : never

export type AnyEvent = { type: string; data: object }

export function event<const T extends string, P extends TProperties>(
  type: T,
  version: number,
  properties: P,
): EventDeclaration<T, TObject<P>> {
  return { type, version, schema: Type.Object(properties, { additionalProperties: false }) }
}

/** Bounded contexts; each has one stream, `EVT_<CONTEXT>`, and one service that alone appends to it. */
export const contexts = ['connection', 'extraction', 'storage', 'analytics', 'auth'] as const
export type Context = (typeof contexts)[number]

/** An aggregate's events: what may be appended under `evt.<context>.<aggregate>.<spaceId>.<aggregateId>`. */
export type AggregateDeclaration = {
  readonly context: Context
  readonly aggregate: string
  readonly events: readonly EventDeclaration[]
}
