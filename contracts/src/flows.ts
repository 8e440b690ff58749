import { type Context, contexts } from './event.ts'

/** A context's service has the context's name; the gateway has none of its own. */
export type Reader = Context | 'gateway'

/**
 * Whose events a service reads beside its own context's, by reactions, projections or a tail. The AsyncAPI document is made
 * of it, and `tools/src/flows.spec.ts` compares it with the sources: a new reader is declared here first.
 */
export const readsOf: Readonly<Record<Reader, readonly Context[]>> = {
  connection: ['extraction'],
  extraction: ['connection', 'storage', 'analytics'],
  storage: ['connection', 'extraction'],
  analytics: ['storage'],
  auth: [],
  gateway: ['connection', 'extraction', 'storage', 'analytics'],
}

/**
 * Whose requests a process makes on the bus, beside asking each service whether it is ready. Who carries out an erasure asks
 * every service, itself included, to delete what it has.
 */
export const callsOf: Readonly<Record<Reader, readonly Context[]>> = {
  gateway: contexts,
  auth: contexts,
  connection: contexts,
  extraction: [],
  storage: [],
  analytics: [],
}
